"""The gRPC service over an engine: validation, conversion of offsets, errors, admission and the server itself."""

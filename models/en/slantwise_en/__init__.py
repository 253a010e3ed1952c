"""The English model of Slantwise; `slantwise_models.package` finds and verifies it."""

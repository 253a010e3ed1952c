"""Figures on stated test sets, with the floors and the published figures they are to be held against."""

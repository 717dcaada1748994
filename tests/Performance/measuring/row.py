"""Rows of the table, and how they are told."""

rows = []


def row(what, target):
    """Registers a function that measures one row. It returns a Result."""

    def register(function):
        rows.append((function.__name__, what, target, function))
        return function

    return register


class Result:
    """What a row gave.

    measured: text for the table; holds: whether the target is met; figures: everything behind it, for the JSON file.
    """

    def __init__(self, measured, holds, **figures):
        self.measured = measured
        self.holds = bool(holds)
        self.figures = figures

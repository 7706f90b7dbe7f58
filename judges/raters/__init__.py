"""Do people agree when they label the same tasks? From raw labels only."""

if __name__ != "benchwright.judges.raters":
    raise ImportError(
        f"import this package as benchwright.judges.raters, not {__name__}; install it first"
    )

"""Labels by people: what they are shown, when they may answer, and how answers are kept."""

if __name__ != "benchwright.judges.review":
    raise ImportError(
        f"import this package as benchwright.judges.review, not {__name__}; install it first"
    )

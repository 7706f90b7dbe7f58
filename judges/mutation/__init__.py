"""Mutation testing of judges: defects planted in good tasks, and changes that are none."""

if __name__ != "benchwright.judges.mutation":
    raise ImportError(
        f"import this package as benchwright.judges.mutation, not {__name__}; install it first"
    )

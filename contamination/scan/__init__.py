"""Does a corpus of any size hold a test task? One pass over raw bytes, every hit verified."""

if __name__ != "benchwright.contamination.scan":
    raise ImportError(
        f"import this package as benchwright.contamination.scan, not {__name__}; install it first"
    )

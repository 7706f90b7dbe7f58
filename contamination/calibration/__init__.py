"""How far can each detector be trusted, and where should its threshold stand?"""

if __name__ != "benchwright.contamination.calibration":
    raise ImportError(
        "import this package as benchwright.contamination.calibration, "
        f"not {__name__}; install it first"
    )

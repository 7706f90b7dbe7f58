"""Model judges behind the deterministic gate: who may judge, what they see, how they decide."""

if __name__ != "benchwright.judges.panel":
    raise ImportError(
        f"import this package as benchwright.judges.panel, not {__name__}; install it first"
    )

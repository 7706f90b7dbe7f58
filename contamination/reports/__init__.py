"""How is the answer shown? One contamination report as Markdown, SARIF, JUnit or one HTML page."""

if __name__ != "benchwright.contamination.reports":
    raise ImportError(
        "import this package as benchwright.contamination.reports, "
        f"not {__name__}; install it first"
    )

"""Tasks written by hand: one Markdown file each, its reader and writer, and its lint rules."""

if __name__ != "benchwright.generators.adversarial":
    raise ImportError(
        f"import this package as benchwright.generators.adversarial, not {__name__}; "
        "install it first"
    )

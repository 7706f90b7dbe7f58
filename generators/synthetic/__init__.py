"""LLM-synthetic tasks: models word what families compute."""

"""Which environment variables hold the keys of whom, and whether a model can be asked with them.

Names only: the value of a variable is looked at for being there, and never kept or shown.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from benchwright.tasks import JsonObject

if TYPE_CHECKING:
    from benchwright.config import Config
    from benchwright.model_config import ModelConfig

# By the first part of a model's name, as LiteLLM reads it: any one of the listed sets is enough.
KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "anthropic": (("ANTHROPIC_API_KEY",),),
    "azure": (("AZURE_API_BASE", "AZURE_API_VERSION", "AZURE_API_KEY"),),
    "bedrock": (("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),),
    "cohere": (("COHERE_API_KEY",),),
    "dashscope": (("DASHSCOPE_API_KEY",),),
    "deepinfra": (("DEEPINFRA_API_KEY",),),
    "deepseek": (("DEEPSEEK_API_KEY",),),
    "fireworks_ai": (("FIREWORKS_AI_API_KEY",),),
    "gemini": (("GEMINI_API_KEY",), ("GOOGLE_API_KEY",)),
    "groq": (("GROQ_API_KEY",),),
    "huggingface": (("HUGGINGFACE_API_KEY",),),
    "mistral": (("MISTRAL_API_KEY",),),
    "moonshot": (("MOONSHOT_API_KEY",),),
    "nvidia_nim": (("NVIDIA_NIM_API_KEY",),),
    "openai": (("OPENAI_API_KEY",),),
    "openrouter": (("OPENROUTER_API_KEY",),),
    "perplexity": (("PERPLEXITYAI_API_KEY",),),
    "replicate": (("REPLICATE_API_KEY",),),
    "together_ai": (("TOGETHERAI_API_KEY",),),
    "vertex_ai": (("VERTEXAI_PROJECT", "VERTEXAI_LOCATION"),),
    "xai": (("XAI_API_KEY",),),
}
HUB_TOKEN = "HF_TOKEN"  # noqa: S105 - the name of a variable
OWN_ENGINES = ("hosted_vllm", "ollama", "ollama_chat", "lm_studio", "llamafile")
Runs = Literal["offline", "live", "key missing", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One model of a config, the part it plays, and whether it can be asked from here.

    Attributes:
        runs: `live` when its keys are set or it needs none; `cannot tell` when nothing is known
            of its keys.
        variables: What it looks at.
    """

    part: str
    model: str
    runs: Runs
    variables: tuple[str, ...]

    def to_values(self) -> JsonObject:
        """Return it as JSON values."""
        return {**asdict(self), "variables": list(self.variables)}


def variables() -> dict[str, str]:
    """Return every variable that is known of, with the provider it is for, by its name."""
    found = {name: provider for provider, sets in KEYS.items() for group in sets for name in group}
    return dict(sorted({**found, HUB_TOKEN: "the Hugging Face Hub"}.items()))


def is_set(name: str) -> bool:
    """Say whether a variable holds anything."""
    return bool(os.environ.get(name))


def models_of(config: "Config") -> Iterator[Asked]:
    """Yield the models that a config asks, part by part."""
    parts: list[tuple[str, Iterable[ModelConfig]]] = []
    if config.author.synthetic is not None:
        parts.append(("author", config.author.synthetic.models))
    if config.judges is not None:
        parts.append(("judge", config.judges.models))
    for part, models in parts:
        for model in models:
            yield Asked(part, model.model, *_runs(model))


def _runs(model: "ModelConfig") -> tuple[Runs, tuple[str, ...]]:
    if model.provider == "offline":
        return "offline", ()
    if model.provider == "http":
        if model.key_variable is None:
            return "live", ()
        return "live" if is_set(model.key_variable) else "key missing", (model.key_variable,)
    provider = model.model.partition("/")[0]
    if provider in OWN_ENGINES:
        return "live", ()
    sets = KEYS.get(provider)
    if sets is None:
        return "cannot tell", ()
    whole = next((group for group in sets if all(map(is_set, group))), None)
    return ("live", whole) if whole else ("key missing", sets[0])

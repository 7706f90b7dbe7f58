"""The pairs go through TRL's own preparation and one step of DPO, as texts and as messages."""

import warnings

import pytest

from benchwright.config import read_project
from benchwright.pipeline.build import build
from benchwright.pipeline.pairs import pairs_of_release
from benchwright.pipeline.run import Silence
from benchwright.preferences import PairSettings

pytestmark = pytest.mark.filterwarnings("ignore")
CONFIG = """\
benchmark: {name: tiny, version: 0.1.0}
pack: tenacious_outbound
author: {programmatic: {families: [hostile_reply, kept_word], strength: 1, count: 24}}
split: {max_deviation: 0.4}
"""
CHAT = (
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}</s>\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)


@pytest.fixture(scope="module")
def trl():
    pytest.importorskip("trl", reason="TRL is not installed: pip install 'benchwright[trl]'")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import trl
    return trl


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trl")
    (folder / "bench.yaml").write_text(CONFIG)
    project = read_project(folder / "bench.yaml")
    build(project, output=folder, resume=True, progress=Silence())
    settings = PairSettings(per_task=1, max_cosine_similarity=0.92, seed=0)
    pairs_of_release(folder / "tiny/0.1.0", folder / "pairs", settings, Silence())
    return folder / "pairs"


@pytest.fixture(scope="module")
def tokenizer():
    """One token a byte, and a chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: index for index, token in enumerate(["<pad>", "</s>", *alphabet])}
    plain = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=plain)
    made.add_special_tokens({"pad_token": "<pad>", "eos_token": "</s>"})
    made.chat_template = CHAT
    return made


@pytest.mark.parametrize("config", ["preference_pairs", "preference_pairs_conversational"])
def test_trl_prepares_the_pairs_and_trains_a_step(trl, pairs, tokenizer, tmp_path, config):
    from datasets import load_dataset
    from transformers import LlamaConfig, LlamaForCausalLM

    data = load_dataset(str(pairs), config, split="train", cache_dir=str(tmp_path / "cache"))
    tiny = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=8192,
    )
    arguments = trl.DPOConfig(
        output_dir=str(tmp_path / "out"),
        max_steps=1,
        per_device_train_batch_size=1,
        report_to="none",
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        max_length=None,
        disable_tqdm=True,
        save_strategy="no",
    )
    trainer = trl.DPOTrainer(
        model=LlamaForCausalLM(tiny),
        ref_model=LlamaForCausalLM(tiny),
        args=arguments,
        train_dataset=data,
        processing_class=tokenizer,
    )
    prepared = trainer.train_dataset
    assert len(prepared) == len(data)
    row = prepared[0]
    for side, source in (("chosen_ids", "chosen"), ("rejected_ids", "rejected")):
        said = data[0][source]
        text = said if isinstance(said, str) else said[0]["content"]
        assert text in tokenizer.decode(row[side])
    asked = data[0]["prompt"]
    assert (asked if isinstance(asked, str) else asked[0]["content"]) in tokenizer.decode(
        row["prompt_ids"]
    )
    assert trainer.train().training_loss > 0

#!/usr/bin/env bash
# Left-padded prompts and learned positions in TRL's GRPOTrainer (trl 1.16.0, transformers 5.24.0, torch 2.13.0, CPU)
#
# Guess:     a completion is scored at the positions it was sampled at, whatever the other prompts of its batch are: generate()
#            counts positions from the attention mask, so padding on the left changes nothing.
# Behaviour: the trainer pads prompts on the left and calls the model with input_ids and attention_mask only. A model with
#            learned absolute positions (GPT-2 here) then counts the padding too: a shorter prompt's completion gets the
#            log-probabilities of later positions. Nothing is raised or logged. Rotary positions are relative and hide it.
# Seen:      "largest error of a log-probability: longest prompt of the batch 0.000 / shorter prompt 3.476 / Llama 0.000"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export HF_HOME="$work/hf"
python3 -m venv env
env/bin/pip install -q torch==2.13.0 trl==1.16.0 transformers==5.24.0
cat >positions.py <<'PY'
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

words = {"<pad>": 0, "<end>": 1, "<unk>": 2, **{c: i + 3 for i, c in enumerate("abcdefgh")}}
inner = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<unk>")
common = dict(vocab_size=len(words), pad_token_id=0, eos_token_id=1, bos_token_id=None, initializer_range=0.5)


def errors(model):
    """The largest |scored - alone| over a completion's tokens, by length of its prompt; alone has no padding at all."""
    found = {}

    class Watched(GRPOTrainer):
        def _get_per_token_logps_and_entropies(self, model, input_ids, attention_mask, logits_to_keep, **rest):
            output = super()._get_per_token_logps_and_entropies(
                model, input_ids, attention_mask, logits_to_keep, **rest
            )
            for ids, mask, scored in zip(input_ids, attention_mask, output[0].detach()):
                kept = ids[mask.bool()]
                prompt = int(mask[:-logits_to_keep].sum())
                with torch.no_grad():
                    logits = model(input_ids=kept[None]).logits[0, prompt - 1 : -1]
                alone = logits.log_softmax(-1).gather(-1, kept[prompt:, None])[:, 0]
                error = (scored[: len(alone)] - alone).abs().max().item()
                found[prompt] = max(found.get(prompt, 0.0), error)
            return output

    Watched(
        model=model,
        reward_funcs=lambda completions, **_: [1.0, 0.0, 0.0, 1.0],
        args=GRPOConfig(
            output_dir="out", per_device_train_batch_size=4, num_generations=2, max_completion_length=3, max_steps=1,
            use_cpu=True, bf16=False, report_to="none", disable_tqdm=True, save_strategy="no",
        ),
        train_dataset=Dataset.from_dict({"prompt": ["a", "abcdefgh"]}),
        processing_class=tokenizer,
    ).train()
    return found


torch.manual_seed(0)
learned = errors(
    GPT2LMHeadModel(
        GPT2Config(n_embd=16, n_layer=2, n_head=2, n_positions=64, resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, **common)
    )
)
rotary = errors(
    LlamaForCausalLM(
        LlamaConfig(
            hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=2,
            **common,
        )
    )
)
print(
    f"largest error of a log-probability: longest prompt of the batch {learned[8]:.3f} / shorter prompt "
    f"{learned[1]:.3f} / Llama {max(rotary.values()):.3f}"
)
raise SystemExit(0 if learned[8] < 1e-3 and learned[1] > 0.1 and max(rotary.values()) < 1e-3 else "CHANGED")
PY
env/bin/python positions.py 2>/dev/null | grep '^largest' || { echo CHANGED; exit 1; }

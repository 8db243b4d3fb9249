#!/usr/bin/env bash
# mistral-common: the tokens of a conversation that goes on (mistral-common 1.13.1)
#
# Guess:     a chat only grows: the tokens of its first messages begin the tokens of all of it. len(encode(messages[:i])) is where answer i
#            starts, for the loss mask of SFT and of RL over several turns, and a server finds the earlier turns in its prefix cache.
# Behaviour: v2 and v3 (Mistral 7B Instruct v0.2 and v0.3, Mathstral) put the system prompt and the tools into the last user message. With the
#            next user message they leave their place and what follows moves up: the mask of the first answer lies on the next question,
#            the answer itself is never trained on, and it stands there without the instruction that asked for it. v2 also drops
#            the tool calls of earlier turns with their results. Nothing is warned. One sample per turn, masked by its own prefix, is
#            right; in v1, and in v7 but for the tools, the prompt stays in its place.
# Seen:      "first answer, in the chat of both turns, by prefix length: v1 'theorem ohm : V = I * R', v2 'Answer in Lean 4.\n',
#            v3 'Answer in Lean 4.\n', v7 'theorem ohm : V = I * R'; in a sample of its turn right: True; tool calls of the first turn in its
#            sample and in that of both: v2 1 and 0, v3 1 and 1"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile mistral-common==1.13.1 sentencepiece==0.2.3 tiktoken==0.14.0 pydantic==2.14.4 jsonschema==4.26.0 \
    numpy==2.3.5 pillow==13.0.0 requests==2.34.2
cat >turns.py <<'PY'
import logging
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
from mistral_common.protocol.instruct.messages import AssistantMessage, SystemMessage, ToolMessage, UserMessage
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.tool_calls import Function, FunctionCall, Tool, ToolCall
from mistral_common.protocol.instruct.validator import ValidationMode
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

answer = "theorem ohm : V = I * R"
chat = [
    SystemMessage(content="Answer in Lean 4."),
    UserMessage(content="State Ohm's law."),
    AssistantMessage(content=answer),
    UserMessage(content="Prove it for a constant resistance, by a calculation."),
    AssistantMessage(content="by simp"),
]
lean = Tool(function=Function(name="lean", description="checks a proof", parameters={"type": "object", "properties": {}}))
call = ToolCall(id="123456789", function=FunctionCall(name="lean", arguments='{"code": "by simp"}'))
checked = [
    UserMessage(content="Is it true?"),
    AssistantMessage(tool_calls=[call]),
    ToolMessage(tool_call_id="123456789", content="no goals"),
    AssistantMessage(content="It is."),
    UserMessage(content="And without simp?"),
    AssistantMessage(content="Yes."),
]


def loaded(version, mode):
    return MistralTokenizer.from_file(version().instruct_tokenizer.tokenizer.file_path, mode=mode)


def encode(tokenizer, messages, tools=None):
    return tokenizer.encode_chat_completion(ChatCompletionRequest(model="m", messages=messages, tools=tools)).tokens


def masked(version):
    """What the mask by prefix length takes for the first answer, in the whole chat and in a sample of that turn alone."""
    serving, training = (loaded(version, mode) for mode in (ValidationMode.serving, ValidationMode.finetuning))
    start, end = len(encode(serving, chat[:2])), len(encode(training, chat[:3]))
    spans = [encode(training, messages)[start:end] for messages in (chat, chat[:3])]
    return [training.decode(span) for span in spans]


def calls(version):
    """Tool calls among the tokens of the first turn, and of both turns."""
    tokenizer = loaded(version, ValidationMode.finetuning)
    token = tokenizer.instruct_tokenizer.tokenizer.get_special_token("[TOOL_CALLS]")
    return [encode(tokenizer, messages, [lean]).count(token) for messages in (checked[:4], checked)]


versions = {"v1": MistralTokenizer.v1, "v2": MistralTokenizer.v2, "v3": MistralTokenizer.v3, "v7": MistralTokenizer.v7}
found = {name: masked(version) for name, version in versions.items()}
counted = {name: calls(versions[name]) for name in ("v2", "v3")}
shown = ", ".join(f"{name} {whole!r}" for name, (whole, _) in found.items())
alone = all(turn == answer for _, turn in found.values())
kept = ", ".join(f"{name} {first} and {both}" for name, (first, both) in counted.items())
print(
    f"first answer, in the chat of both turns, by prefix length: {shown}; in a sample of its turn right: {alone}; tool calls of the first turn "
    f"in its sample and in that of both: {kept}"
)
moved = [whole == answer for whole, _ in found.values()]
raise SystemExit(0 if moved == [True, False, False, True] and alone and counted == {"v2": [1, 0], "v3": [1, 1]} else "CHANGED")
PY
env/bin/python turns.py

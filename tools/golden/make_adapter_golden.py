#!/usr/bin/env python3
"""Logits of tiny random decoders with LoRA adapters by PEFT: tests/golden/models/adapters/*.json.

  python3 -m venv V && V/bin/pip install torch transformers peft
  V/bin/python tools/golden/make_adapter_golden.py

A case names its base (a case of tests/golden/models/decoders, whose ids it takes), and holds
adapter_config.json as PEFT writes it, how each tensor is made (as make_decoder_golden.py says), and
the logits of every position in f32, by PEFT around Transformers.
"""
import hashlib
import json
import pathlib
import tempfile

import numpy
import peft
import safetensors.torch
import torch
import transformers

from make_decoder_golden import OUT as BASES
from make_decoder_golden import weights

OUT = BASES.parent / "adapters"


def base_model(case):
    config_json = dict(case["config"])
    kind = config_json.pop("model_type")
    config = transformers.AutoConfig.for_model(kind, **config_json)
    config._attn_implementation = "eager"
    model = transformers.AutoModelForCausalLM.from_config(config).float().eval()
    made = {name: weights(name, shape, scale, offset)
            for name, shape, scale, offset in case["tensors"]}
    state = model.state_dict()
    for name, parameter in state.items():
        if name in made:
            parameter.copy_(torch.from_numpy(made[name]))
    model.tie_weights()
    return model


def logits_of(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].numpy()


def make(name, base, **options):
    case = json.loads((BASES / f"{base}.json").read_text())
    model = base_model(case)
    before = logits_of(model, case["ids"])
    assert numpy.abs(before - numpy.array(case["logits"])).max() < 1e-4, "not the base of that case"
    model = peft.get_peft_model(model, peft.LoraConfig(task_type="CAUSAL_LM", **options)).eval()
    tensors = []
    # Not the copy of the base's lm_head that PEFT saves by default beside changes of it.
    state = peft.get_peft_model_state_dict(model, save_embedding_layers=False)
    for key, parameter in state.items():
        shape = list(parameter.shape)
        # The change is about as large as what it changes: a mistake in it is seen.
        scale = 2.0 ** round(numpy.log2(1.5 / numpy.sqrt(shape[1])))
        parameter.copy_(torch.from_numpy(weights(name + key, shape, scale, 0.0)))
        tensors.append([key, shape, scale, 0.0])
    peft.set_peft_model_state_dict(model, state)
    logits = logits_of(model, case["ids"])
    assert numpy.isfinite(logits).all()
    assert numpy.abs(logits - before).max() > 0.1, "the adapter changes nothing"
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, save_embedding_layers=False)
        path = pathlib.Path(folder)
        config = json.loads((path / "adapter_config.json").read_text())
        saved = safetensors.torch.load_file(path / "adapter_model.safetensors")
    assert sorted(saved) == sorted(each[0] for each in tensors)
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()  # a set in PEFT
    out = {
        "case": name,
        "base": base,
        "config": config,
        "tensors": tensors,
        "logits": [[float(f"{value:.7g}") for value in row] for row in logits],
    }
    lines = [f' "{key}": {json.dumps(value)}' for key, value in out.items()]
    path = OUT / f"{name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    change = numpy.sqrt(((logits - before) ** 2).mean() / (before ** 2).mean())
    print(f"{name}: changes the logits by {change:.2f} of their rms, {path.stat().st_size} bytes")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    every = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    make("llama_all", "llama", r=4, lora_alpha=8, target_modules=every + ["lm_head"])
    make("llama_other", "llama", r=17, lora_alpha=5, target_modules=["q_proj", "v_proj"])
    make("llama_patterns", "llama", r=4, lora_alpha=6, use_rslora=True, target_modules=every,
         layers_to_transform=[1], rank_pattern={"v_proj": 3, "layers.1.mlp.up_proj": 9},
         alpha_pattern={"^model.layers.1.self_attn.q_proj": 11, "down_proj": 2.5})
    make("gpt2", "gpt2", r=3, lora_alpha=4, fan_in_fan_out=True,
         target_modules=["c_attn", "c_proj", "c_fc"])
    make("phi3", "phi3", r=5, lora_alpha=5,
         target_modules=["qkv_proj", "o_proj", "gate_up_proj", "down_proj"])
    make("qwen2_tied_head", "qwen2", r=4, lora_alpha=4, target_modules=["k_proj", "lm_head"])
    make("gemma2", "gemma2", r=6, lora_alpha=3, target_modules="all-linear")
    hashes = "".join(f'"{path.name}" = "{hashlib.sha256(path.read_bytes()).hexdigest()}"\n'
                     for path in sorted(OUT.glob("*.json")))
    (OUT / "MANIFEST.toml").write_text(f"""# Logits of tiny random decoders with LoRA adapters.
generator = "tools/golden/make_adapter_golden.py"
peer = "PEFT {peft.__version__}, Hugging Face Transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}, f32, eager attention"
licence = "written for this test"
tolerance = "5e-5 relative (the bar is 1e-4), see src/models/adapter_golden_test.cc"

[sha256]
{hashes}""")


if __name__ == "__main__":
    main()

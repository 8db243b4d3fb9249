#!/usr/bin/env bash
# torch: an evaluation between two steps, and the training after it (torch 2.13.0, CPU)
#
# Guess:     a validation pass in eval mode, without gradients, over a DataLoader with shuffle=False and no workers uses no chance. Two runs
#            of one seed that differ in how often they validate make the same steps and end in the same weights.
# Behaviour: each iter() of a DataLoader draws a seed for workers from torch's global generator, also with num_workers=0 and nothing to
#            shuffle. One validation shifts every later dropout mask, sample and shuffle: another interval, a first look at step 0, one
#            more data set to validate on, or a loop left after one batch is another run, and an ablation against the old one compares
#            seeds too. It goes unseen, for the loss is as good. A generator of its own for each such loader, DataLoader(...,
#            generator=torch.Generator()), is right.
# Seen:      "weights of the same seed, distance to the run without validation: validation over a loader 0.0245, over a loader with its own
#            generator 0.0000, over the tensor 0.0000, a loader that is only built 0.0000; shuffled batches of epoch 2 the same: False"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q --no-compile torch==2.13.0 numpy==2.4.6
cat >validation.py <<'PY'
import torch
from torch.utils.data import DataLoader

rows = torch.linspace(-1, 1, 64).unsqueeze(1) * torch.ones(64, 4)


def train(validate):
    """Weights after two epochs of which each ends with a validation, and the order of the rows in the second epoch."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.Dropout(0.5), torch.nn.Linear(16, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    order = []
    for _ in range(2):
        order.clear()
        for batch in DataLoader(rows, batch_size=16, shuffle=True):
            order.extend(batch[:, 0].tolist())
            optimizer.zero_grad()
            (model(batch) - batch.sum(dim=1, keepdim=True)).square().mean().backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            for batch in validate():
                model(batch)
        model.train()
    return torch.cat([weight.detach().flatten() for weight in model.parameters()]), order


def built():
    DataLoader(rows, batch_size=16)
    return []


plain, order = train(list)
runs = {
    "validation over a loader": train(lambda: DataLoader(rows, batch_size=16)),
    "over a loader with its own generator": train(lambda: DataLoader(rows, batch_size=16, generator=torch.Generator())),
    "over the tensor": train(lambda: rows.split(16)),
    "a loader that is only built": train(built),
}
away = [(weights - plain).abs().max().item() for weights, _ in runs.values()]
shown = ", ".join(f"{name} {distance:.4f}" for name, distance in zip(runs, away))
same = runs["validation over a loader"][1] == order
print(f"weights of the same seed, distance to the run without validation: {shown}; shuffled batches of epoch 2 the same: {same}")
raise SystemExit(0 if away[0] > 1e-3 and not any(away[1:]) and not same else "CHANGED")
PY
env/bin/python validation.py

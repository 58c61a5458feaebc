"""Training of a DDPM's network as one writes it with PyTorch: autograd over the whole batch, torch's AdamW, an average by lerp."""
import torch

from side import read

TIMES, LABEL_DROPOUT, RATE, AVERAGE_DECAY = 1000, 0.1, 1e-4, 0.99
torch.set_num_threads(1)


def tensor(name):
    return torch.from_numpy(read(name))


def load(network):
    """Weights in the order in which all sides have them."""
    flat, at = tensor("weights"), 0
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(flat[at:at + weight.numel()].reshape(weight.shape))
            at += weight.numel()
    assert at == len(flat)
    return network


def levels():
    """Coefficients of signal and noise of the linear schedule."""
    remaining = torch.cumprod(1 - torch.linspace(1e-4, 0.02, TIMES, dtype=torch.float64), 0)
    return remaining.sqrt().float(), (1 - remaining).sqrt().float()


def updates(weights):
    """The optimizer, and what does its update and the average's."""
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0)
    average = [weight.detach().clone() for weight in weights]

    def step():
        optimizer.step()
        with torch.no_grad():
            for mean, weight in zip(average, weights):
                mean.lerp_(weight, 1 - AVERAGE_DECAY)

    return optimizer, step, average


def steps(network, classes, batch, count, precision="float32"):
    points, labels = tensor("points"), tensor("labels")
    signal, noise = levels()
    optimizer, step, _ = updates(list(network.parameters()))
    column = (batch,) + (1,) * (points.dim() - 1)

    def task():
        total = 0.0
        for _ in range(count):
            rows, t = torch.randint(len(points), (batch,)), torch.randint(TIMES, (batch,))
            clean = points[rows]
            drawn = torch.randn_like(clean)
            label = labels[rows].masked_fill(torch.rand(batch) < LABEL_DROPOUT, classes)
            mixed = signal[t].reshape(column) * clean + noise[t].reshape(column) * drawn
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
                answer = network(mixed, t / TIMES, label)
            loss = torch.nn.functional.mse_loss(answer.float(), drawn)
            optimizer.zero_grad()
            loss.backward()
            step()
            total += loss.item()
        return total / count

    return task

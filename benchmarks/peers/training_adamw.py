import torch

from side import serve
from training import tensor, updates

weights = [torch.nn.Parameter(weight.clone()) for weight in tensor("weights")]
for weight, gradient in zip(weights, tensor("gradients")):
    weight.grad = gradient
_, step, average = updates(weights)


def task():
    step()
    return average[0].abs().sum()


serve(task)

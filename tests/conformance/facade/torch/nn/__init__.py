import torch.nn.functional  # noqa: F401

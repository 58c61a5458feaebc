import sys

from side import serve
from training import load, steps
from unet import UNet

serve(steps(load(UNet(int(sys.argv[1]))), classes=10, batch=64, count=1, precision=sys.argv[2]))

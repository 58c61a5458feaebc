using Veer.Diffusion;
using static TorchSharp.torch;

namespace Veer.Guidance;

/// <summary>A classifier of noisy samples, p(c given x_t).</summary>
public interface INoisyClassifier
{
    /// <summary>[B, C] log p(c given x).</summary>
    Tensor LogProbability(Tensor x, Level level);

    /// <summary>The gradient of log p(label given x) in x: the shape of x.</summary>
    Tensor LogProbabilityGradient(Tensor x, Level level, Tensor label);
}

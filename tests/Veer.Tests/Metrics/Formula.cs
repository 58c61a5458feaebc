using Veer.Diffusion;
using Veer.Guidance;
using static TorchSharp.torch;

namespace Veer.Tests.Metrics;

/// <summary>A classifier of two classes whose log-odds are a formula of x.</summary>
internal sealed class Formula(Func<Tensor, NoiseLevel, Tensor> logOdds) : INoisyClassifier
{
    public int Classes => 2;

    public Tensor LogProbability(Tensor x, NoiseLevel level)
    {
        var odds = logOdds(x, level);
        return stack([odds, zeros_like(odds)], 1).log_softmax(1);
    }

    public Tensor LogProbabilityGradient(Tensor x, NoiseLevel level, Tensor label) => throw new NotSupportedException();
}

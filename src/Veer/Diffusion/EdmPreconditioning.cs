namespace Veer.Diffusion;

/// <summary>
/// How EDM scales what a network is given and what it answers (Karras et al., arXiv 2206.00364, table 1 and Eq. 7): with x = clean + sigma ·
/// noise, D(x; sigma) = c_skip · x + c_out · F(c_in · x; c_noise), so that at every sigma the network sees and answers numbers of variance one.
/// </summary>
public sealed record EdmPreconditioning
{
    /// <summary>
    /// Nearer to the clean sample, and to pure noise, a network is told this sigma and one over it: neither was ever trained on, and ln(sigma)
    /// would be infinite.
    /// </summary>
    private const double LowestSigma = 1e-4;

    private readonly double sigmaData = 0.5;

    /// <summary>Standard deviation of the clean samples; above 0.</summary>
    public double SigmaData
    {
        get => sigmaData;
        init => sigmaData = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "above 0");
    }

    /// <summary>The factors at x = clean + sigma · noise.</summary>
    /// <param name="sigma">At least 0.</param>
    public EdmFactors At(double sigma) => At(new NoiseLevel(1, sigma));

    /// <summary>
    /// The factors at any level of any path: x / a lies on EDM's path at sigma = b / a. Written with a and b apart they are finite at all
    /// levels, at the clean sample and at pure noise too.
    /// </summary>
    public EdmFactors At(NoiseLevel level)
    {
        var (a, b) = level;
        double variance = b * b + a * a * SigmaData * SigmaData, deviation = Math.Sqrt(variance);
        return new(
            Skip: a * SigmaData * SigmaData / variance,
            Output: b * SigmaData / deviation,
            Input: 1 / deviation,
            NoiseLabel: Math.Log(Math.Clamp(b / a, LowestSigma, 1 / LowestSigma)) / 4,
            NoiseSkip: b / variance,
            NoiseOutput: -a * SigmaData / deviation);
    }

    /// <summary>lambda(sigma), the weight of the squared error of D: one over c_out², so that every sigma's loss starts alike.</summary>
    /// <param name="sigma">Above 0.</param>
    public double LossWeight(double sigma)
    {
        double output = At(sigma).Output;
        return 1 / (output * output);
    }

    /// <summary>c_skip, c_out, c_in and c_noise of many sigmas at once, of their shape.</summary>
    internal (Tensor Skip, Tensor Output, Tensor Input, Tensor NoiseLabel) At(Tensor sigma)
    {
        using var scope = NewDisposeScope();
        var variance = sigma.square() + SigmaData * SigmaData;
        var input = variance.rsqrt();
        return (
            (SigmaData * SigmaData / variance).MoveToOuterDisposeScope(), (sigma * SigmaData * input).MoveToOuterDisposeScope(),
            input.MoveToOuterDisposeScope(), (sigma.log() / 4).MoveToOuterDisposeScope());
    }
}

/// <summary>Factors of an <see cref="EdmPreconditioning"/>, for a state x = a · clean + b · noise and a network's answer F.</summary>
/// <param name="Skip">c_skip: of x in the clean sample.</param>
/// <param name="Output">c_out: of F in the clean sample.</param>
/// <param name="Input">c_in: of x in what the network is given.</param>
/// <param name="NoiseLabel">c_noise = ln(sigma) / 4: the network's noise-level conditioning.</param>
/// <param name="NoiseSkip">Of x in the noise: (1 - c_skip) / sigma where a = 1.</param>
/// <param name="NoiseOutput">Of F in the noise: -c_out / sigma where a = 1.</param>
public readonly record struct EdmFactors(
    double Skip, double Output, double Input, double NoiseLabel, double NoiseSkip, double NoiseOutput);

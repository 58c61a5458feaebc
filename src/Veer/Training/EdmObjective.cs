using Veer.Data;
using Veer.Diffusion;
using Veer.Networks;

namespace Veer.Training;

/// <summary>
/// EDM training (Karras et al., arXiv 2206.00364, section 5): E over y, sigma, z of lambda(sigma) · ‖D(y + sigma · z; sigma, c) - y‖²,
/// the mean over the numbers of an image, with ln(sigma) normal. The label is replaced by the null label with a fixed probability, so that
/// one network learns both sides of classifier-free guidance.
/// </summary>
public sealed class EdmObjective : IObjective
{
    private const long AugmentationStream = 1;

    private readonly ConditionalNetwork network;
    private readonly TrainingDraws points;
    private readonly EdmAugmentation? augmentation;

    /// <param name="network">F(c_in · x, c_noise, label); a <see cref="SongUNet"/> that is told of it, if there is an augmentation.</param>
    /// <param name="data">Training points; on the device of the network.</param>
    /// <param name="labelDropout">Probability of the null label, 0 to 1.</param>
    /// <param name="augmentation">What is done to the images, if anything.</param>
    /// <param name="horizontalFlips">Whether images are mirrored half of the time; the network is not told.</param>
    public EdmObjective(
        ConditionalNetwork network, LabeledData data, double labelDropout, EdmAugmentation? augmentation = null,
        bool horizontalFlips = false)
    {
        if (augmentation is not null && network is not SongUNet { Options.AugmentInputs: EdmAugmentation.Conditions })
        {
            throw new ArgumentException(
                $"a network must be told of the augmentation by {EdmAugmentation.Conditions} numbers, or it learns the changed images", nameof(network));
        }
        (this.network, this.augmentation) = (network, augmentation);
        points = new(data, labelDropout, horizontalFlips);
    }

    /// <inheritdoc/>
    public nn.Module Network => network;

    /// <summary>How the network's input and answer are scaled.</summary>
    public EdmPreconditioning Preconditioning { get; init; } = new();

    /// <summary>P_mean, the mean of ln(sigma).</summary>
    public double LogSigmaMean { get; init; } = -1.2;

    /// <summary>P_std, the standard deviation of ln(sigma).</summary>
    public double LogSigmaDeviation { get; init; } = 1.2;

    /// <inheritdoc/>
    public Tensor Loss(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        using var draws = key.Draws(points.Device);
        var rows = points.Rows(count, draws);
        var label = points.Labels(rows, draws);
        var clean = points.Points(rows, draws);
        long[] column = [count, .. Enumerable.Repeat(1L, clean.shape.Length - 1)];
        var sigma = (draws.Normal(column) * LogSigmaDeviation + LogSigmaMean).exp();
        var noise = draws.Normal(clean.shape);
        Tensor? done = null;
        if (augmentation is not null) (clean, done) = augmentation.Apply(clean, key.At(AugmentationStream));
        return EdmLoss.Compute(Answer, Preconditioning, clean, sigma, noise).mean().MoveToOuterDisposeScope();

        Tensor Answer(Tensor x, Tensor told) =>
            done is not null ? ((SongUNet)network).forward(x, told, label, done) : network.forward(x, told, label);
    }
}

using Veer.Diffusion;

namespace Veer.Training;

/// <summary>EDM's training loss for given draws (Karras et al., arXiv 2206.00364, Eq. 2 and 8).</summary>
internal static class EdmLoss
{
    /// <summary>lambda(sigma) · (D(y + sigma · z; sigma) - y)², [B, ...]: not yet reduced.</summary>
    /// <param name="network">F of (c_in · x, c_noise [B]).</param>
    /// <param name="preconditioning">How its input and answer are scaled.</param>
    /// <param name="clean">y, [B, ...].</param>
    /// <param name="sigma">[B, 1, ...], of as many dimensions as y.</param>
    /// <param name="noise">z, of the shape of y.</param>
    public static Tensor Compute(
        Func<Tensor, Tensor, Tensor> network, EdmPreconditioning preconditioning, Tensor clean, Tensor sigma, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var (skip, output, input, told) = preconditioning.At(sigma);
        var x = clean + sigma * noise;
        var denoised = skip * x + output * network(input * x, told.flatten());
        // lambda = 1 / c_out²
        return ((denoised - clean) / output).square().MoveToOuterDisposeScope();
    }
}

using Veer.Diffusion;

namespace Veer.ClosedForm;

/// <summary>
/// A run of mixture components seen through one noise level: component k is N(a mu_k, a² Sigma_k + b² I). With Sigma_k = U L U^T its
/// whitened coordinates y_k = (a² L + b²)^(-1/2) U^T (x - a mu_k) are one affine map of x for all components together, and every
/// closed form is a sum over them.
/// </summary>
/// <remarks>
/// Expanding only y, and squaring afterwards, keeps float32 accurate: the error of a squared distance grows with |x| / width, not with
/// its square.
/// </remarks>
internal sealed class GaussianMixtureLevel : IDisposable
{
    // columns are [axis, component]: one axis of all K components is contiguous. Products over them take transposed views, whose long rows
    // are contiguous: five times faster than tall and narrow matrices.
    private readonly Tensor whiten, shift, logPeak, means, towards;
    private readonly long dimensions;

    /// <param name="level">a and b, not both zero.</param>
    /// <param name="logWeights">[K] log of the weights; the densities below are weighted by them as they are.</param>
    /// <param name="means">[K, D].</param>
    /// <param name="variances">[K, D] eigenvalues of the covariances.</param>
    /// <param name="axes">[K, D, D] eigenvectors in the columns. All float64.</param>
    /// <param name="like">Its type and device are those of the computation.</param>
    public GaussianMixtureLevel(NoiseLevel level, Tensor logWeights, Tensor means, Tensor variances, Tensor axes, Tensor like)
    {
        using var scope = NewDisposeScope();
        (double a, double b) = (level.Alpha, level.Sigma);
        dimensions = means.shape[1];
        var noisy = variances * (a * a) + b * b;
        var whiten = (axes / noisy.sqrt().unsqueeze(1)).permute(1, 2, 0);
        // The rounded map is the one in use, so its shift is taken from it: y is then exactly zero at the mean.
        whiten = whiten.to(like.dtype).to(ScalarType.Float64);
        var shift = (whiten * means.T.unsqueeze(1)).sum(dim: 0) * -a;
        var logPeak = logWeights - noisy.log().sum(1) * 0.5 - 0.5 * dimensions * Math.Log(2 * Math.PI);
        // y maps to the noise, b (a² Sigma + b² I)^-1 (x - a mu), and to the step from mu to the clean mean, a Sigma (...)^-1 (x - a mu)
        var towards = cat([whiten * b, whiten * variances.T * a], 0).reshape(2 * dimensions, -1);
        this.whiten = Own(whiten.reshape(dimensions, -1));
        this.shift = Own(shift.reshape(-1));
        this.logPeak = Own(logPeak);
        this.means = Own(means.T);
        this.towards = Own(towards);

        Tensor Own(Tensor t) => t.to(like.dtype).to(like.device).contiguous().clone().MoveToOuterDisposeScope();
    }

    /// <summary>log of the weighted density [B] at x [B, D].</summary>
    public Tensor LogDensity(Tensor x)
    {
        var joint = LogJoint(Whitened(x));
        return LogSum(joint, joint.softmax(1));
    }

    /// <summary>log of the weighted density [B], and its gradient, the score [B, D].</summary>
    public (Tensor LogDensity, Tensor Score) LogDensityAndScore(Tensor x)
    {
        var y = Whitened(x);
        var joint = LogJoint(y);
        var share = joint.softmax(1);
        return (LogSum(joint, share), Pull(y, share).matmul(whiten.T).neg());
    }

    /// <summary>E[x0 given x] and E[noise given x], each [B, D]; neither divides by a or b.</summary>
    public (Tensor Clean, Tensor Noise) Expectations(Tensor x)
    {
        var y = Whitened(x);
        var share = LogJoint(y).softmax(1);
        var both = Pull(y, share).matmul(towards.T);
        var clean = share.matmul(means.T) + both.narrow(1, dimensions, dimensions);
        return (clean, both.narrow(1, 0, dimensions));
    }

    public void Dispose()
    {
        foreach (var owned in new[] { whiten, shift, logPeak, means, towards }) owned.Dispose();
    }

    private Tensor Whitened(Tensor x) => addmm(shift, x, whiten, 1, 1).view(x.shape[0], dimensions, -1);

    /// <summary>log(weight · density) of each component, [B, K].</summary>
    private Tensor LogJoint(Tensor y)
    {
        var sum = logPeak;
        for (long axis = 0; axis < dimensions; axis++)
        {
            var along = y.select(1, axis);
            sum = sum.addcmul(along, along, -0.5);
        }
        return sum;
    }

    /// <summary>Log-sum-exp from the largest term and its share; torch's own is four times slower where most terms underflow.</summary>
    private static Tensor LogSum(Tensor joint, Tensor share) => joint.amax(1) - share.amax(1).log();

    private static Tensor Pull(Tensor y, Tensor share) => (y * share.unsqueeze(1)).flatten(1);
}

using Veer.Data;
using Veer.Metrics;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting.Drawing;

/// <summary>The plane in which points of more than two dimensions are drawn: of the two directions in which real points are spread most.</summary>
internal sealed class PrincipalPlane : IDisposable
{
    public const string Words = "Seen along the two directions in which the real points are spread most. ";

    /// <summary>So many points tell a plane; of more, and of many dimensions, the covariance would take minutes.</summary>
    private const int MostPoints = 2000, ManyDimensions = 2000;

    private readonly PrincipalComponents? directions;

    /// <param name="real">[N, D] float32, D above 2.</param>
    public PrincipalPlane(Tensor real)
    {
        using var scope = NewDisposeScope();
        if (real.shape[0] > MostPoints && real.shape[1] > ManyDimensions) real = real.index_select(0, tensor(KeyedSubset.Rows(RandomKey.From(0, "plane"), real.shape[0], MostPoints)));
        // equal points have no directions
        if (real.shape[0] > 1 && !real.eq(real.narrow(0, 0, 1)).all().item<bool>()) directions = PrincipalComponents.Fit(real, 2);
    }

    public PrincipalPlane(NumericArray real)
        : this(Matrix(real)) { }

    /// <summary>Points in the plane, in their own unit: [N, D] to [N, 2], of the caller's dispose scope.</summary>
    public Tensor See(Tensor points) => directions is null ? points.narrow(1, 0, 2).contiguous() : directions.Project(points).mul_(directions.Scale);

    public NumericArray See(NumericArray points)
    {
        using var scope = NewDisposeScope();
        return new(See(Matrix(points)).data<float>().ToArray(), [points.Rows, 2]);
    }

    public void Dispose() => directions?.Dispose();

    private static Tensor Matrix(NumericArray points) => tensor(points.Values).reshape(points.Rows, points.Width);
}

using Veer.Data;
using Veer.Features;
using Veer.Models;

namespace Veer.Postprocessing;

/// <summary>Where points are compared, to be paired or measured: a feature space, standardised coordinates, or the values themselves.</summary>
/// <param name="space">The feature space; null: none.</param>
/// <param name="standardisation">That of points in their own unit; null: none, or they are standardised already.</param>
internal sealed class Coordinates(IFeatureSpace? space, Standardisation? standardisation)
{
    /// <summary>The points as vectors, with their classes.</summary>
    public LabeledData Of(LabeledData data, CancellationToken cancellation) =>
        space is null && standardisation is null ? data.Flat() : data with { Points = Of(data.Points, cancellation) };

    /// <summary>[N, F] the points as vectors.</summary>
    public Tensor Of(Tensor points, CancellationToken cancellation) =>
        space is not null ? space.Features(points, null, cancellation).to(points.device)
        : standardisation is not null ? standardisation.Apply(points)
        : points.flatten(1);
}

using TorchSharp;
using Veer.Matching;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Matching;

public class PrincipalBoundsTests
{
    [Fact]
    public void The_map_brings_no_pair_farther_apart_than_its_errors_say()
    {
        using var scope = NewDisposeScope();
        Tensor points = Points("points", 1_200), queries = Points("queries", 1_200);
        var map = PrincipalBounds.Fit(points, queries.shape[0]);
        Assert.NotNull(map);
        var (far, ofPoints) = map.Map(points);
        var (near, ofQueries) = map.Map(queries);
        var mapped = cdist(near.to(ScalarType.Float64), far.to(ScalarType.Float64), 2, compute_mode.donot_use_mm_for_euclid_dist);
        var room = Distances(queries, points) + tensor(ofQueries).unsqueeze(1) + tensor(ofPoints);
        Assert.True((mapped <= room).all().item<bool>());
        // and it says something: most of the distance is left
        Assert.True((mapped / room.clamp_min(1e-9)).mean().item<double>() > 0.9);
    }

    [Fact]
    public void Neighbours_found_by_it_are_those_of_all_distances_and_equal_ones_stand_in_their_order()
    {
        using var scope = NewDisposeScope();
        var points = Points("points", 600).repeat(2, 1);
        var queries = Points("queries", 1_200);
        Assert.NotNull(PrincipalBounds.Fit(points, queries.shape[0]));
        var found = Neighbors.Search(queries, points, 6);
        var (nearest, rows) = Distances(queries, points.narrow(0, 0, 600)).topk(3, 1, largest: false);
        var twice = stack([rows, rows + 600], 2).reshape(-1, 6);
        Assert.True(found.Indices.eq(twice).all().item<bool>());
        Assert.True(found.Distances.allclose(nearest.repeat_interleave(2, 1).to(ScalarType.Float32)));
    }

    [Fact]
    public void Points_without_structure_have_none() =>
        Assert.Null(PrincipalBounds.Fit(RandomKey.From(0, "normal").Normal(0, 1_200, [520]), 1_200));

    private static Tensor Distances(Tensor queries, Tensor points) =>
        cdist(queries.to(ScalarType.Float64), points.to(ScalarType.Float64), 2, compute_mode.donot_use_mm_for_euclid_dist);

    /// <summary>Near a plane of 20 directions, far from the origin.</summary>
    private static Tensor Points(string name, long count)
    {
        var plane = RandomKey.From(3, "plane").Normal(0, 20, [520]);
        return RandomKey.From(3, name).Normal(0, count, [20]).matmul(plane) + RandomKey.From(4, name).Normal(0, count, [520]) * 0.5 + 10;
    }
}

using TorchSharp;
using Veer.Data;
using Veer.Networks;
using Veer.Training;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Training;

public sealed class RectifiedFlowObjectiveTests
{
    private const int Count = 2000;
    private static readonly RandomKey Key = RandomKey.From(3, "rectified flow");

    [Fact]
    public void Towards_a_single_point_the_exact_velocity_has_no_loss()
    {
        using var scope = NewDisposeScope();
        var point = tensor(new[] { 1.5f, -0.5f });
        var data = new LabeledData(point.expand(10, 2), zeros(10, ScalarType.Int64), 1);
        // x = t · p + (1 - t) · eps, so p - eps = (p - x) / (1 - t)
        var exact = new Answer((x, t, _) => (point - x) / (1 - t).unsqueeze(1));
        Assert.InRange(new RectifiedFlowObjective(exact, data, 0).Loss(Key, Count).ToSingle(), 0, 1e-6);
        // a network that never moves is wrong by |p|² + 1 in each of two coordinates, on average
        double still = new RectifiedFlowObjective(new Answer((x, _, _) => zeros_like(x)), data, 0).Loss(Key, Count).ToSingle();
        Assert.InRange(still, 2.25 * 0.9, 2.25 * 1.1);
    }

    [Fact]
    public void Labels_are_dropped_at_their_rate_and_half_of_the_images_mirrored()
    {
        using var scope = NewDisposeScope();
        var image = tensor(new[] { -1f, 1f }).reshape(1, 1, 1, 2);
        var data = new LabeledData(image.expand(4, 1, 1, 2), ones(4, ScalarType.Int64), 2);
        using var draws = Key.Draws();
        var points = new TrainingDraws(data, labelDropout: 0.25, horizontalFlips: true);
        var rows = points.Rows(Count, draws);
        var (labels, images) = (points.Labels(rows, draws), points.Points(rows, draws));
        Assert.InRange(labels.eq(2).to(ScalarType.Float32).mean().ToSingle(), 0.2, 0.3);
        Assert.True(labels.eq(2).bitwise_or(labels.eq(1)).all().ToBoolean());
        var first = images[TensorIndex.Ellipsis, 0].flatten();
        Assert.InRange(first.eq(1).to(ScalarType.Float32).mean().ToSingle(), 0.45, 0.55);
        Assert.True(images.sum(3).eq(0).all().ToBoolean());
    }

    private sealed class Answer(Func<Tensor, Tensor, Tensor, Tensor> answer) : ConditionalNetwork("answer")
    {
        public override Tensor forward(Tensor x, Tensor t, Tensor? label) => answer(x, t, label!);
    }
}

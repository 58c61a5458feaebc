using Veer.Data;
using Veer.Training;

namespace Veer.Features;

/// <summary>Training of a judge: the cross entropy of changed images' classes.</summary>
internal sealed class ImageJudgeObjective(JudgeNetwork network, LabeledData data, ImageAugmentation augmentation) : IObjective
{
    public nn.Module Network => network;

    public Tensor Loss(RandomKey key, int count)
    {
        using var scope = NewDisposeScope();
        using var draws = key.Draws(data.Points.device);
        var rows = draws.Below(data.Count, [count]);
        var images = augmentation.Apply(data.Points.index_select(0, rows), draws);
        return nn.functional.cross_entropy(network.forward(images), data.Labels.index_select(0, rows)).MoveToOuterDisposeScope();
    }
}

using Veer.Data;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>Rectified flows from noise to data (<see cref="FlowDenoiser"/>).</summary>
internal sealed class FlowFamily : DenoiserFamily
{
    public override string Name => FlowDenoiser.Family;
    public override string Title => "rectified flow (Liu et al., arXiv 2209.03003)";
    public override string Predicts => "the velocity x_0 - eps of x_t = t x_0 + (1 - t) eps";

    public override NoisingProcess Process(DenoiserOptions options) => new ContinuousProcess(new LinearPath());

    public override NetworkDenoiser Create(ConditionalNetwork network, ModelConfig config, string file) =>
        new FlowDenoiser(network, config.Classes, config.LabelDropout) { SampleShape = config.PointShape() };

    public override IObjective Objective(ConditionalNetwork network, ModelConfig config, LabeledData data, DenoiserOptions options) =>
        new RectifiedFlowObjective(network, data, options.LabelDropout, options.HorizontalFlips ?? false);
}

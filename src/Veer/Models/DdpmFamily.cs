using Veer.Data;
using Veer.Diffusion;
using Veer.Networks;
using Veer.Training;

namespace Veer.Models;

/// <summary>Denoisers of a discrete variance-preserving process (<see cref="DdpmDenoiser"/>).</summary>
internal sealed class DdpmFamily : DenoiserFamily
{
    public override string Name => DdpmDenoiser.Family;
    public override string Title => "DDPM (Ho et al., arXiv 2006.11239)";
    public override string Predicts => "the noise eps of x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps";
    public override bool HasTimesteps => true;

    public override NoisingProcess Process(DenoiserOptions options) => new DiscreteProcess(NoiseSchedule.Named(options.Schedule, options.Timesteps));

    public override ModelConfig Describe(ModelConfig config, DenoiserOptions options) =>
        config with { Schedule = options.Schedule, Timesteps = options.Timesteps };

    public override NetworkDenoiser Create(ConditionalNetwork network, ModelConfig config, string file) =>
        new DdpmDenoiser(network, config.CreateSchedule(), config.Classes, config.LabelDropout) { SampleShape = config.PointShape() };

    public override IObjective Objective(ConditionalNetwork network, ModelConfig config, LabeledData data, DenoiserOptions options) =>
        new DenoisingObjective(network, config.CreateSchedule(), data, options.LabelDropout, options.HorizontalFlips ?? false);
}

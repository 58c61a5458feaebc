using TorchSharp;
using Veer.ClosedForm;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Sampling;
using Veer.Tests.Sampling;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests.Guidance;

public sealed class GuidanceGoldenTests : IDisposable
{
    private static readonly Dictionary<string, Tensor> Golden = GoldenFile.Load("gauss1d_guidance.safetensors");
    private static readonly string[] Spacings = ["full", "ddim50", "ddim20"];
    private static readonly int[] Scales = [1, 2, 5];
    private readonly DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    public static TheoryData<string, int, bool> Cases => new(
        from spacing in Spacings
        from scale in Scales
        from free in (bool[])[true, false]
        select (spacing, scale, free));

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_closed_form_guided_either_way_ends_where_the_reference_does(string spacing, int scale, bool free) =>
        Compare(spacing, scale, free, ScalarType.Float64, 1e-8);

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_float32_it_ends_there_to_float32s_own_digits(string spacing, int scale, bool free) =>
        Compare(spacing, scale, free, ScalarType.Float32, 1e-5);

    private static void Compare(string spacing, int scale, bool free, ScalarType type, double tolerance)
    {
        var schedule = NoiseSchedule.Linear();
        if (spacing != "full") schedule = schedule.Respace(spacing);
        using var mixture = new GaussianMixture(
            ones(2), tensor(new[] { -1.0, 1 }).reshape(2, 1), full([2, 1, 1], 0.0625, ScalarType.Float64), arange(2, ScalarType.Int64));
        var exact = new MixtureDenoiser(mixture);
        IDenoiser guided =
            free ? new ClassifierFreeGuidance(exact, scale) : new ClassifierGuidance(exact, new MixtureClassifier(mixture), scale);
        var labels = arange(128, ScalarType.Int64).ge(64).to(ScalarType.Int64);
        var start = Golden["x_T"].reshape(64, 1).to(type);
        var trajectory = new Ddim(schedule).Draw(guided, labels, [1], cat([start, start]));
        Assert.Equal(type, trajectory.Samples.dtype);
        Near.Absolute(Both("final"), trajectory.Samples, tolerance);
        if (spacing != "full") Near.Absolute(Both("mid"), trajectory.States[schedule.Steps / 2], tolerance);

        Tensor Both(string stage) =>
            cat([Golden[Name(spacing, 0, scale, stage)], Golden[Name(spacing, 1, scale, stage)]]).reshape(128, 1);
    }

    [Fact]
    public void Every_trajectory_of_the_reference_is_compared()
    {
        var compared =
            from spacing in Spacings
            from scale in Scales
            from label in (int[])[0, 1]
            from stage in spacing == "full" ? (string[])["final"] : ["mid", "final"]
            select Name(spacing, label, scale, stage);
        Assert.Equal(Golden.Keys.Order(), compared.Append("x_T").Order());
    }

    private static string Name(string spacing, int label, int scale, string stage) => $"{spacing}.class{label}.scale{scale}.{stage}";
}

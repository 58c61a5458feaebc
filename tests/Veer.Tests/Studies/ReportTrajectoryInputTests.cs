using Xunit;

namespace Veer.Tests.Studies;

public sealed class ReportTrajectoryInputTests
{
    private const string Trajectories = "generated/classifier-free-w3/trajectories.npz", Boundary = "samples/boundary-classifier-free.npz", Density = "samples/density.npz";

    [Fact]
    public void Trajectories_without_labels_for_all_are_refused() =>
        Refuses(run => run.WriteArrays(Trajectories, ("states", new float[12], [2, 3, 2]), ("labels", new long[2], [2])),
            "trajectories.npz: labels: found 2 labels, expected 3, one per row");

    [Fact]
    public void Ancestral_trajectories_of_other_steps_are_refused() =>
        Refuses(run => run.WriteArrays(Trajectories, ("states", new float[6], [2, 3, 1]), ("labels", new long[3], [3]), ("ancestral", new float[9], [3, 3, 1])),
            "trajectories.npz: ancestral: found shape [3, 3, 1], expected [2, any, 1]");

    [Fact]
    public void More_ancestral_trajectories_than_labels_are_refused() =>
        Refuses(run => run.WriteArrays(Trajectories, ("states", new float[6], [2, 3, 1]), ("labels", new long[3], [3]), ("ancestral", new float[8], [2, 4, 1])),
            "ancestral: found 4 samples, expected at most 3");

    [Fact]
    public void A_boundary_without_points_or_segments_is_refused() =>
        Refuses(run => run.WriteArrays(Boundary, ("steps", new long[2], [2])), "boundary-classifier-free.npz: points: found nothing, expected points [M, 1] or segments [M, 2, 2]");

    [Fact]
    public void A_boundary_whose_segments_have_no_two_ends_is_refused() =>
        Refuses(run => run.WriteArrays(Boundary, ("steps", new long[2], [2]), ("segments", new float[8], [2, 4, 1])), "segments: found shape [2, 4, 1], expected [any, 2, 2]");

    [Fact]
    public void A_boundary_at_a_state_that_no_trajectory_has_is_refused() =>
        Refuses(run => run.WriteArrays(Boundary, ("steps", new long[] { 0, 30 }, [2]), ("segments", new float[8], [2, 2, 2])),
            "steps: found 0 to 30, expected 0 to 29, states of the trajectories");

    [Fact]
    public void A_boundary_with_too_few_steps_is_refused() =>
        Refuses(run => run.WriteArrays(Boundary, ("steps", new long[1], [1]), ("segments", new float[8], [2, 2, 2])), "steps: found 1 steps, expected 2, one per row");

    [Fact]
    public void A_density_on_another_grid_is_refused() =>
        Refuses(run => run.WriteArrays(Density, ("grid", new float[] { 0, 1, 2 }, [3]), ("values", new float[8], [2, 4])), "density.npz: values: found shape [2, 4], expected [any, 3]");

    [Fact]
    public void A_density_on_a_grid_that_does_not_rise_is_refused() =>
        Refuses(run => run.WriteArrays(Density, ("grid", new float[] { 0, 2, 1 }, [3]), ("values", new float[6], [2, 3])), "grid: found 3 places, expected at least 2, each above the one before");

    [Fact]
    public void A_density_of_other_steps_than_the_trajectories_is_refused()
    {
        using var run = ReportLineFolder.Create(ReportLineFolder.Learned);
        ReportLineFolder.WriteDensity(run, ReportLineFolder.States - 1);

        Assert.Contains("density.npz: values: found 40 rows, expected 41, one per state of classifier-free's trajectories", Fault(run), StringComparison.Ordinal);
    }

    [Fact]
    public void What_runs_of_other_settings_left_is_not_shown()
    {
        using var run = ReportRunFolder.Plane();
        run.WriteArrays("generated/autoguidance-w3/trajectories.npz", ("states", new float[12], [2, 3, 2]), ("labels", new long[3], [3]));
        run.WriteArrays("samples/classifier-free-w9.npz", ("labels", new long[2], [2]), ("before", new float[4], [2, 2]));
        run.Build();

        Assert.Equal(["scatter-classifier-free-w3.png"], Names(run, "scatter-*.png"));
        Assert.Equal(["trajectories-classifier-free.png"], Names(run, "trajectories-*.png"));
    }

    private static string[] Names(ReportRunFolder run, string pattern) =>
        [.. Directory.GetFiles(run.At("figures"), pattern).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static void Refuses(Action<ReportRunFolder> spoil, string fault)
    {
        using var run = ReportRunFolder.Plane();
        spoil(run);

        Assert.Contains(fault, Fault(run), StringComparison.Ordinal);
    }

    private static string Fault(ReportRunFolder run)
    {
        string message = Assert.Throws<InputException>(() => run.Build()).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}

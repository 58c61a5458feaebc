using Veer.Studies.Reporting;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class ReportInputTests
{
    [Theory]
    [InlineData("{\"rows\": [", "broken JSON")]
    [InlineData("[]", "found a value that is no")]
    [InlineData("{\"study\": \"x\"}", "found no 'preset', 'seed', 'versions', 'seconds', 'rows'")]
    [InlineData("{\"study\": \"x\", \"rows\": {}}", "rows: found a value that is no list of such values")]
    [InlineData("{\"study\": \"x\", \"rows\": [7]}", "rows[0]: found a value that is no")]
    [InlineData("{\"study\": \"x\", \"rows\": [{\"guidance\": \"none\", \"scale\": \"high\"}]}", "rows[0].scale: found a value that is no number")]
    [InlineData("{\"study\": \"x\", \"rows\": [{\"guidance\": \"none\", \"scale\": 1}]}", "rows[0]: found no 'class', 'stage', 'metric', 'value'")]
    public void Malformed_results_are_refused_in_one_line_that_names_the_fault(string results, string fault)
    {
        using var run = ReportRunFolder.Plane();
        run.Write("results.json", results);

        string message = Assert.Throws<InputException>(() => run.Build()).Message;
        Assert.Contains("results.json", message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.False(File.Exists(run.At("report.html")));
    }

    [Theory]
    [InlineData("results.json")]
    [InlineData("study.yaml")]
    public void A_folder_that_no_run_left_is_refused(string missing)
    {
        using var run = ReportRunFolder.Plane();
        File.Delete(run.At(missing));

        Assert.Contains(missing, Assert.Throws<InputException>(() => run.Build()).Message, StringComparison.Ordinal);
        Assert.Contains("no such folder", Assert.Throws<InputException>(() => Report.Build(run.At("nowhere"), TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("study.yaml", "a: [1", "broken YAML")]
    [InlineData("study.yaml", "guidances: [a, b]", "guidances: found a value that is no")]
    [InlineData("models/base/denoiser-error.json", "[{\"noise\": 1, \"signal\": \"a\"}]", "[0].signal: found a value that is no number")]
    [InlineData("models/base/training.csv", "step,cost\n1,2\n", "columns step and loss")]
    [InlineData("models/base/training.csv", "step,loss\n1,low\n", "\"low\"")]
    [InlineData("samples/real.npz", "not a zip", "no zip")]
    public void Other_malformed_files_are_refused_by_name(string name, string text, string fault)
    {
        using var run = ReportRunFolder.Plane();
        run.Write(name, text);

        string message = Assert.Throws<InputException>(() => run.Build()).Message;
        Assert.Contains(Path.GetFileName(name), message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_of_unequal_length_are_refused()
    {
        using var run = ReportRunFolder.Plane();
        run.WriteArrays("samples/classifier-free-w1.npz",
            ("labels", new long[2], [2]), ("before", new float[4], [2, 2]), ("individual", new float[6], [3, 2]));

        Assert.Contains("individual: found 3 rows, expected 2", Assert.Throws<InputException>(() => run.Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Samples_of_other_dimensions_than_the_real_points_are_refused()
    {
        using var run = ReportRunFolder.Plane();
        run.WriteArrays("samples/classifier-free-w1.npz", ("labels", new long[2], [2]), ("before", new float[6], [2, 3]));

        Assert.Contains("found 3 dimensions, expected 2", Assert.Throws<InputException>(() => run.Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_none_are_shown_as_a_dash_and_half_a_line_of_training_is_ignored()
    {
        using var run = ReportRunFolder.Plane();
        run.WriteResults([new("a", 1, "all", "before", "nn-distance", null)]);
        run.Write("models/base/training.csv", "step,loss\n1,2\n2,1\n3");
        run.Build();

        Assert.Contains(">–</td>", run.Page, StringComparison.Ordinal);
    }
}

using Veer.Studies.Reporting;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Reporting.Files;
using Veer.Studies.Runs;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>A report that is stopped while it is made.</summary>
public sealed class ReportStopTests
{
    [Fact]
    public void A_stopped_report_leaves_the_one_before_and_nothing_half_written()
    {
        using var run = ReportSweepFolder.ManyGuidances();
        run.Write("report.html", "a report of before");
        foreach (int milliseconds in (int[])[0, 50, 200, 400])
        {
            using var source = new CancellationTokenSource(milliseconds);
            try
            {
                Report.Build(run.Root, source.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.Equal("a report of before", run.Page);
            }
        }
        Assert.Empty(Directory.GetFiles(run.Root, "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void No_file_is_read_and_no_figure_drawn_after_the_stop()
    {
        using var source = new CancellationTokenSource();
        using var run = ReportRunFolder.Plane();
        var folder = new RunFolder(run.Root, source.Token);
        int drawn = 0;
        var figures = Enumerable.Range(0, 50).Select(i => new Figure($"figure-{i}", "", "", "", 20, 20, _ =>
        {
            if (++drawn == 7) source.Cancel();
        }));

        Assert.ThrowsAny<OperationCanceledException>(() => FigureFiles.All(figures, source.Token));
        Assert.InRange(drawn, 7, 20);
        Assert.ThrowsAny<OperationCanceledException>(() => folder.Real());
        Assert.ThrowsAny<OperationCanceledException>(() => folder.Trajectories());
    }
}

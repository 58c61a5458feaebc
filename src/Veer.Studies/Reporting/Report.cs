using System.Text;
using Veer.Formats;
using Veer.Studies.Reporting.Figures;
using Veer.Studies.Reporting.Files;
using Veer.Studies.Reporting.Html;
using Veer.Studies.Runs;

namespace Veer.Studies.Reporting;

/// <summary>The report of a run: figures and one self-contained HTML page, made from the files in the run's folder alone.</summary>
public static class Report
{
    /// <summary>
    /// Writes figures/*.png, figures/*.svg and report.html into a run's folder, each of them whole or not at all, none before all are made, and none that
    /// stands there already as it is. Sections whose files are missing are left out.
    /// </summary>
    /// <param name="folder">The run's folder; study.yaml and results.json must be in it.</param>
    /// <param name="cancellation">Asked between files and figures; an earlier report then stays as it is.</param>
    /// <returns>The path of report.html.</returns>
    /// <exception cref="InputException">There is no such folder, a needed file is missing, or a file is not what docs/formats.md says.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static string Build(string folder, CancellationToken cancellation = default) =>
        InvariantCulture.Run(() => BuildPage(folder, cancellation));

    private static string BuildPage(string folder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var run = RunFolder.Finished(folder, cancellation);
        var study = run.Study();
        var table = new ResultTable(run.Results);
        var sections = ReportSections.All(run, study.Notes, table);
        var files = FigureFiles.All(sections.SelectMany(section => section.All), cancellation);
        var inSight = sections.SelectMany(section => section.Figures).Select(figure => figure.Name).ToHashSet();
        string page = new Page(run, study, table, sections, PagePicture.All(files, inSight, cancellation)).Write();
        foreach (var (name, (png, svg)) in files)
        {
            cancellation.ThrowIfCancellationRequested();
            Save(run.Paths.Figure(name + ".png"), png);
            Save(run.Paths.Figure(name + ".svg"), svg);
        }
        Save(run.Paths.Report, Encoding.UTF8.GetBytes(page));
        return run.Paths.Report;
    }

    private static void Save(string path, byte[] bytes)
    {
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes)) AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}

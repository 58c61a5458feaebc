using System.Text;
using Veer.Formats;

namespace Veer.Studies.Reporting;

/// <summary>The report of a run: figures and one self-contained HTML page, made from the files in the run's folder alone.</summary>
public static class Report
{
    /// <summary>
    /// Writes figures/*.png, figures/*.svg and report.html into a run's folder, each of them whole or not at all, and none before all are made.
    /// Sections whose files are missing are left out.
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
        var run = new RunFolder(folder, cancellation);
        var table = new ResultTable(run.Results.Rows, run.Results.Fingerprint);
        var sections = ReportFigures.All(run, table);
        var files = FigureFiles.All([.. sections.SelectMany(section => section.All)], cancellation);
        byte[] text = Encoding.UTF8.GetBytes(Page.Write(run, table, sections, PagePicture.All(sections, files, cancellation)));
        foreach (var (name, (png, svg)) in files)
        {
            cancellation.ThrowIfCancellationRequested();
            Save($"figures/{name}.png", png);
            Save($"figures/{name}.svg", svg);
        }
        Save("report.html", text);
        return run.At("report.html");

        void Save(string name, byte[] bytes) => AtomicFile.Write(run.At(name), stream => stream.Write(bytes));
    }
}

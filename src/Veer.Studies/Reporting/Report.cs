using System.Text;

namespace Veer.Studies.Reporting;

/// <summary>The report of a run: figures and one self-contained HTML page, made from the files in the run's folder alone.</summary>
public static class Report
{
    /// <summary>
    /// Writes figures/*.png, figures/*.svg and report.html into a run's folder, each of them whole or not at all.
    /// Sections whose files are missing are left out.
    /// </summary>
    /// <param name="folder">The run's folder; study.yaml and results.json must be in it.</param>
    /// <returns>The path of report.html.</returns>
    /// <exception cref="InputException">A needed file is missing, or a file is not what docs/formats.md says.</exception>
    public static string Build(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var run = new RunFolder(folder);
        var table = new ResultTable(run.Results.Rows, run.Results.Fingerprint);
        var sections = ReportFigures.All(run, table);
        var pictures = PagePicture.All([.. sections.SelectMany(section => section.All).Select(figure => (figure, Render(folder, figure)))]);
        string page = Path.Combine(folder, "report.html");
        WriteAtomically(page, Encoding.UTF8.GetBytes(Page.Write(run, table, sections, pictures)));
        return page;
    }

    private static byte[] Render(string folder, Figure figure)
    {
        byte[] png = figure.ToPng();
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "figures")).FullName, figure.Name);
        WriteAtomically(path + ".png", png);
        WriteAtomically(path + ".svg", figure.ToSvg());
        return png;
    }

    // Written beside and renamed: a full disk or a kill leaves the old file.
    private static void WriteAtomically(string path, byte[] bytes)
    {
        string beside = path + ".partial";
        try
        {
            using (var stream = File.Create(beside))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        finally
        {
            File.Delete(beside);
        }
    }
}

namespace Veer.Studies.Reporting.Html;

/// <summary>One section of a page.</summary>
internal sealed record DocumentSection(string Id, string Heading, string Body);

/// <summary>A self-contained page: heading, facts and tiles, then sections with links to them.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Facts">What stands small under it.</param>
/// <param name="Tiles">What is to be seen first; empty for nothing.</param>
/// <param name="Sections">The sections, in order.</param>
/// <param name="Footer">HTML of the last line.</param>
internal sealed record Document(string Title, IReadOnlyList<(string Name, string Value)> Facts, string Tiles, IReadOnlyList<DocumentSection> Sections, string Footer)
{
    public string Write()
    {
        using var style = new StreamReader(typeof(Document).Assembly.GetManifestResourceStream("report.css")!);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Markup.Encode(Title)}</title>
            <style>
            {style.ReadToEnd()}</style>
            </head>
            <body>
            <header>
            <h1>{Markup.Encode(Title)}</h1>
            <p class="facts">{Markup.Join(Facts, fact => $"<span>{fact.Name} <b>{Markup.Encode(fact.Value)}</b></span>")}</p>
            <div class="tiles">{Tiles}</div>
            </header>
            <nav aria-label="Sections">{Markup.Join(Sections, section => $"<a href=\"#{section.Id}\">{Markup.Encode(section.Heading)}</a>")}</nav>
            <main>
            {Markup.Join(Sections, section => Markup.Section(section.Id, section.Heading, section.Body))}
            </main>
            <footer>{Footer}</footer>
            </body>
            </html>

            """;
    }
}

using System.Net;
using Veer.Studies.Reporting.Drawing;
using Veer.Studies.Reporting.Files;

namespace Veer.Studies.Reporting.Html;

/// <summary>The few pieces of HTML that the report is made of. Whatever comes from a file goes through <see cref="Encode"/>.</summary>
internal static class Markup
{
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    public static string Join<T>(IEnumerable<T> items, Func<T, string> write) => string.Concat(items.Select(write));

    public static string Section(string id, string heading, string body) => $"""
        <section id="{id}">
        <h2>{Encode(heading)}</h2>
        {body}
        </section>

        """;

    public static string Details(string summary, string body) => $"<details><summary>{Encode(summary)}</summary>\n{body}\n</details>\n";

    /// <summary>A figure with its picture inside the page, and links to the files beside it.</summary>
    /// <remarks>The picture is made of pixels: an .svg inside a page would be drawn in whatever font the reader's machine has.</remarks>
    public static string Figure(Figure figure, PagePicture picture)
    {
        string heading = figure.Title.Length > 0 ? $"<h3>{Encode(figure.Title)}</h3>" : "";
        string style = figure.IsPhotograph ? " class=\"photograph\"" : "";
        string source = $"data:{picture.MediaType};base64,{Convert.ToBase64String(picture.Bytes)}", file = $"figures/{Encode(figure.Name)}";
        return $"""
            {heading}
            <figure{style}>
            <div class="picture"><img src="{source}" width="{figure.Width}" height="{figure.Height}" alt="{Encode(figure.AlternativeText)}"></div>
            <figcaption>{Encode(figure.Caption)} <span class="files"><a href="{file}.png">PNG</a> <a href="{file}.svg">SVG</a></span></figcaption>
            </figure>

            """;
    }
}

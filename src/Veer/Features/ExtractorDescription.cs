using System.Globalization;
using System.Text.Json;
using Veer.Formats;

namespace Veer.Features;

/// <summary>
/// How a model of others is fed with images and what is taken from its output: the JSON beside the model (snake_case; unknown keys are
/// refused).
/// </summary>
public sealed record ExtractorDescription
{
    internal static readonly string[] Takings = ["cls", "patch-mean", "flat"];
    internal static readonly string[] Kernels = ["bicubic", "bilinear", "none"];
    internal static readonly string[] Ranges = ["unit", "symmetric", "uint8"];

    private const string Expected = "an extractor's description";
    private const int MostPixels = 1 << 14;

    private static readonly JsonSerializerOptions OneLine = new(JsonPolicy.Options) { WriteIndented = false };

    /// <summary>What results call the extractor; the description's file name where it says none.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The model's file, seen from the description's folder; the description's own name with .onnx or .pt where it says none.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The SHA-256 that the model must have; not checked where it says none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The output of an ONNX model to take; it may be left out where there is only one. A TorchScript model returns one.</summary>
    public string? Output { get; init; }

    /// <summary>
    /// What is taken of the output: "cls" (the first token of [N, tokens, D]), "patch-mean" (the mean of its tokens after the leading ones)
    /// or "flat" (all numbers of [N, ...]).
    /// </summary>
    public string Take { get; init; } = "flat";

    /// <summary>Tokens before the patches, which "patch-mean" leaves out: the class token and the registers.</summary>
    public int LeadingTokens { get; init; } = 1;

    /// <summary>Channels of the model's images, 1 or 3; grey images are repeated for 3.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Height and width of the model's images; may be left out where they are not resized and it takes any.</summary>
    public int? InputSize { get; init; }

    /// <summary>The kernel that brings images to <see cref="InputSize"/>: "bicubic" or "bilinear", antialiased, or "none".</summary>
    public string Resize { get; init; } = "none";

    /// <summary>What pixels are to the model: "unit" (0 to 1), "symmetric" (-1 to 1) or "uint8" (bytes of that type).</summary>
    public string Range { get; init; } = "unit";

    /// <summary>Subtracted from each channel, in the unit of the range; nothing where it says none.</summary>
    public IReadOnlyList<double>? Mean { get; init; }

    /// <summary>What each channel is then divided by; nothing where it says none.</summary>
    public IReadOnlyList<double>? Std { get; init; }

    /// <summary>Switches that a TorchScript model's forward takes after the images, by position; none of an ONNX model.</summary>
    public IReadOnlyList<bool>? Arguments { get; init; }

    /// <summary>Reads and checks a description.</summary>
    /// <param name="path">The JSON file.</param>
    /// <exception cref="InputException">There is no such file, it is no description, or one of its values is none that is allowed.</exception>
    public static ExtractorDescription Read(string path)
    {
        var description = JsonInput.Deserialize<ExtractorDescription>(path, Expected, JsonPolicy.Options);
        description.Check(path);
        return description;
    }

    /// <summary>Refuses values that are not allowed.</summary>
    /// <param name="place">Where the description stands, for the error.</param>
    internal void Check(string place)
    {
        OneOf("take", Take, Takings);
        OneOf("resize", Resize, Kernels);
        OneOf("range", Range, Ranges);
        Require("channels", Channels is 1 or 3, $"{Channels}", "1 or 3");
        Require("leading_tokens", LeadingTokens >= 0, $"{LeadingTokens}", "at least 0");
        Require("input_size", InputSize is null or (>= 1 and <= MostPixels), $"{InputSize}", $"1 to {MostPixels} pixels");
        Require("input_size", Resize == "none" || InputSize is not null, "nothing", "the size to resize to");
        PerChannel("mean", Mean, double.IsFinite, "finite numbers");
        PerChannel("std", Std, value => value > 0 && double.IsFinite(value), "numbers above 0");
        Require("sha256", Sha256 is null or { Length: 64 }, $"'{Sha256}'", "64 hexadecimal digits");

        void OneOf(string field, string value, string[] allowed) =>
            Require(field, allowed.Contains(value), $"'{value}'", $"one of {string.Join(", ", allowed)}");

        void PerChannel(string field, IReadOnlyList<double>? values, Func<double, bool> allowed, string expected)
        {
            if (values is null) return;
            Require(field, Range != "uint8", "numbers", "nothing: bytes are not normalised");
            Require(field, values.Count == Channels && values.All(allowed), $"[{string.Join(", ", values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]", $"{Channels} {expected}");
        }

        void Require(string field, bool holds, string found, string expected)
        {
            if (!holds) throw new InputException(place, field, found, expected);
        }
    }

    /// <summary>All that features depend on beside the model, in one line of JSON.</summary>
    internal string InOneLine() => JsonSerializer.Serialize(this with { Name = null, File = null, Sha256 = null }, OneLine);
}

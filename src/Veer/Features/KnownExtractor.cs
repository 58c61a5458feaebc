using Veer.Data;

namespace Veer.Features;

/// <summary>An extractor in common use: how it is fed and read. Users bring the model.</summary>
/// <param name="Name">The name that users type.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="File">The model's file.</param>
/// <param name="Model">What the file is, and how to come by it.</param>
/// <param name="Description">How the model is used.</param>
internal sealed record KnownExtractor(string Name, string Title, string File, string Model, ExtractorDescription Description)
{
    /// <summary>The folder of models, beside those of data sets.</summary>
    public const string Folder = "models";

    // of the images that DINOv2 was trained on, by channel
    private static readonly double[] ImageNetMean = [0.485, 0.456, 0.406], ImageNetDeviation = [0.229, 0.224, 0.225];

    // one class token and four registers (Darcet et al., arXiv 2309.16588)
    private const int DinoLeadingTokens = 5;
    private const int DinoSide = 224, InceptionSide = 299;
    private const string DinoOutput = "last_hidden_state";

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static IReadOnlyList<KnownExtractor> All { get; } =
    [
        .. Dino("small", 384), .. Dino("base", 768), .. Dino("large", 1024),
        new(
            "inception", "Inception, as pytorch-fid has it", "inception.onnx",
            "the FID Inception network of pytorch-fid (pt_inception-2015-12-05) exported to ONNX without its resizing and scaling, "
            + "with one output [N, 2048]",
            new() { InputSize = InceptionSide, Resize = "bilinear", Range = "symmetric" }),
        new(
            "inception-torchscript", "Inception, as StyleGAN and EDM have it", "inception-2015-12-05.pt",
            "the TorchScript file of the FID Inception network that StyleGAN and EDM use, as published",
            // its forward resizes bytes itself; the switch asks for features in place of classes
            new() { Range = "uint8", Arguments = [true] }),
    ];

    /// <summary>
    /// Finds the model where data sets are looked for. A description of the extractor's own name (NAME.json) in that folder takes the place
    /// of the one here: to say the SHA-256, or that the model was exported in another way.
    /// </summary>
    /// <exception cref="InputException">There is no such model; says what to put where.</exception>
    public ModelFile Find(CancellationToken cancellation)
    {
        string[] places = [.. DataFolders.Usual(Folder)];
        foreach (string folder in places)
        {
            string own = Path.Combine(folder, Name + ".json"), model = Path.Combine(folder, File);
            if (System.IO.File.Exists(own)) return ModelFile.Open(own, cancellation);
            if (System.IO.File.Exists(model)) return ModelFile.Open(model, Description, Name, Name, cancellation);
        }
        throw new InputException(
            $"feature space {Name}: no {string.Join(" or ", places.Select(folder => Path.Combine(folder, File)))}; put there {Model}");
    }

    private static IEnumerable<KnownExtractor> Dino(string size, int features)
    {
        string model = $"dinov2-with-registers-{size}";
        string source = $"facebook/{model} exported to ONNX at {DinoSide} x {DinoSide} with the output {DinoOutput} [N, 261, {features}]";
        var description = new ExtractorDescription
        {
            Output = DinoOutput,
            LeadingTokens = DinoLeadingTokens,
            InputSize = DinoSide,
            Resize = "bicubic",
            Mean = ImageNetMean,
            Std = ImageNetDeviation,
        };
        return
        [
            Taken("cls", "the class token"),
            Taken("patch-mean", "the mean of the patches"),
        ];

        KnownExtractor Taken(string take, string what) => new(
            $"dinov2-{size}-{take}", $"DINOv2 ({size}), {what}", model + ModelKind.Onnx.Ending, source, description with { Take = take });
    }
}

using Veer.Data;

namespace Veer.Features;

/// <summary>An extractor in common use: how it is fed and read. Users bring the model, or fetch it (<see cref="ExtractorDownload"/>).</summary>
/// <param name="Name">The name that users type.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="Size">Features of an image.</param>
/// <param name="Model">The model's file.</param>
/// <param name="Description">How the model is used.</param>
internal sealed record KnownExtractor(string Name, string Title, int Size, ExtractorModel Model, ExtractorDescription Description)
{
    // of the images that DINOv2 was trained on, by channel
    private static readonly double[] ImageNetMean = [0.485, 0.456, 0.406], ImageNetDeviation = [0.229, 0.224, 0.225];

    // one class token and four registers (Darcet et al., arXiv 2309.16588)
    private const int DinoLeadingTokens = 5;
    private const int DinoSide = 224, DinoPatches = 256, LargeSize = 1024, InceptionSide = 299, InceptionSize = 2048;
    private const string DinoOutput = "last_hidden_state", DinoAs = "onnx/model.onnx", Hub = "https://huggingface.co/onnx-community/";

    /// <summary>Bytes of the large network, about: a source says 1.2 GB, and no more.</summary>
    private const long LargeLength = 1_218_000_000;

    // these lengths are not known to the byte; no file of so many more is one
    private const double Room = 1.1;

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static IReadOnlyList<KnownExtractor> All { get; } =
    [
        // pinned at these revisions, with these hashes, by github.com/masoudkhataminia/Avavision-new, src/avavision/__main__.py (small), and by
        // the model registry of the photo analyser "shootr" (small and large: "hashes verified 2026-08-20"); the lengths are those of the networks without registers
        .. Registers("small", 384, 88_500_000, "ec7abea1a8757ec4f9f7b26399d31234ffaa6e6a", "815e440d222e60294bb5b165491c4760e7f08dc7ecd2488a5450e93d50887efe"),
        // no source was found that tells a hash
        .. Registers("base", 768, 347_000_000, "main", null),
        .. Registers("large", LargeSize, LargeLength, "e91ea061a0cb94e6bb9d4b6d8d55ba2bba2287d3", "b6212f2508f883b6f277c53d05b630cf24f7977fd1ab350a25751fdbf2cf233f"),
        // that of FD-DINOv2 in github.com/layer6ai-labs/dgm-eval and github.com/NVlabs/edm2; no source was found that tells a hash of the export
        Dino(
            "dinov2-vitl14", "DINOv2 (ViT-L/14 without registers), the class token", LargeSize, "dinov2-large", "main",
            new("dinov2-vitl14.onnx", LargeLength, null), leading: 1) with
        {
            Comparable = "FD-DINOv2 of dgm-eval and EDM2, up to how the export interpolates position embeddings",
        },
        new(
            "inception", "Inception, as pytorch-fid has it", InceptionSize,
            // the weights are published, and torch-fidelity has them as well (both .pth); an export of them is not
            new(
                new("inception.onnx", 95_600_000, null) { Most = Roomy(95_600_000) },
                "the FID Inception network of pytorch-fid (pt_inception-2015-12-05) exported to ONNX without its resizing and scaling, "
                + $"with one output [N, {InceptionSize}]",
                null),
            new() { InputSize = InceptionSide, Resize = "bilinear", Range = "symmetric" })
        {
            Comparable = $"pytorch-fid's FID of images up to {InceptionSide} x {InceptionSide}",
        },
        new(
            "inception-torchscript", "Inception, as StyleGAN and EDM have it", InceptionSize,
            // the hash is the one that github.com/crowsonkb/k-diffusion checks, k_diffusion/evaluation.py; others' audits of that address tell it too, with the length
            new(
                new("inception-2015-12-05.pt", 95_607_719, "f58cb9b6ec323ed63459aa4fb441fe750cfe39fafad6da5cb504a16f19e958f4"),
                "the TorchScript file of the FID Inception network that StyleGAN and EDM use, as published",
                "https://nvlabs-fi-cdn.nvidia.com/stylegan2-ada-pytorch/pretrained/metrics/"),
            // its forward resizes bytes itself; the switch asks for features in place of classes
            new() { Range = "uint8", Arguments = [true] })
        {
            Comparable = "the FID that StyleGAN and EDM give",
        },
    ];

    /// <summary>Which published figures those in its features compare with; null where there are none.</summary>
    public string? Comparable { get; private init; }

    /// <summary>The class tokens of DINOv2, best first: what figures are published in, then the largest.</summary>
    public static IEnumerable<KnownExtractor> Preferred =>
        All.Where(known => known.Description.Take == "cls").OrderByDescending(known => known.Comparable is not null).ThenByDescending(known => known.Size);

    /// <summary>
    /// Finds the model where data sets are looked for. A description of the extractor's own name (NAME.json) in that folder takes the place
    /// of the one here: to say the SHA-256, or that the model was exported in another way.
    /// </summary>
    /// <exception cref="InputException">There is no such model; says what to put where.</exception>
    public ModelFile Find(CancellationToken cancellation)
    {
        if (Model.Find(Name) is { } found)
            return Path.GetFileName(found) == Model.File.Name ? ModelFile.Open(found, Description, Name, Name, cancellation) : ModelFile.Open(found, cancellation);
        string missing = $"feature space {Name}: no {string.Join(" or ", Model.Paths)}; put there {Model.What}";
        throw Model.Home is null ? new InputException(missing) : new InputException($"{missing}, or download it") { MissingExtractor = Name };
    }

    /// <summary>Whether a space is this extractor: the same model, where its hash is known, used in the same way.</summary>
    public bool Is(IFeatureSpace space) => space.Name == Name && space.Description == Description.InOneLine() && (Model.File.Sha256 ?? space.Fingerprint) == space.Fingerprint;

    private static IEnumerable<KnownExtractor> Registers(string size, int features, long length, string revision, string? sha256)
    {
        string model = $"dinov2-with-registers-{size}";
        var first = Dino(
            $"dinov2-{size}-cls", $"DINOv2 ({size}), the class token", features, model, revision, new(model + ModelKind.Onnx.Ending, length, sha256), DinoLeadingTokens);
        return [first, first with { Name = $"dinov2-{size}-patch-mean", Title = $"DINOv2 ({size}), the mean of the patches", Description = first.Description with { Take = "patch-mean" } }];
    }

    private static KnownExtractor Dino(string name, string title, int features, string model, string revision, KnownFile file, int leading) => new(
        name, title, features,
        new(
            file with { Most = Roomy(file.Length), PublishedAs = DinoAs },
            $"facebook/{model} exported to ONNX at {DinoSide} x {DinoSide} or for any size, with the output {DinoOutput} [N, {DinoPatches + leading}, {features}]",
            $"{Hub}{model}/resolve/{revision}/"),
        new()
        {
            Output = DinoOutput,
            Take = "cls",
            LeadingTokens = leading,
            InputSize = DinoSide,
            Resize = "bicubic",
            Mean = ImageNetMean,
            Std = ImageNetDeviation,
        });

    private static long Roomy(long length) => (long)(Room * length);
}

using Veer.Data;
using Veer.Tests.Cli;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Data;

[Collection("VEER_DATA")] // no two tests set the variable at a time
public sealed class DataFoldersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable("VEER_DATA");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("VEER_DATA", before);
        folder.Dispose();
    }

    [Fact]
    public void The_named_folder_comes_before_the_environments()
    {
        Environment.SetEnvironmentVariable("VEER_DATA", folder.Path);
        string usual = Directory.CreateDirectory(folder.File("fashion-mnist")).FullName;
        File.WriteAllText(Path.Combine(usual, "t10k-labels-idx1-ubyte"), "");
        Assert.Equal(usual, DataFolders.Find("fashion-mnist"));
        Assert.Equal(folder.Path, DataFolders.Find("fashion-mnist", folder.Path));
    }

    [Fact]
    public void A_missing_folder_names_the_places_and_the_files()
    {
        Assert.SkipWhen(Directory.Exists(Path.Combine("data", "mnist")), "there is a folder data/mnist here");
        Environment.SetEnvironmentVariable("VEER_DATA", folder.Path);
        Assert.Equal("mnist", Assert.Throws<InputException>(() => DataFolders.Find("mnist")).MissingDataSet);
        Refusal.Of(
            () => DataFolders.Find("mnist"),
            $"data set mnist: no folder {folder.File("mnist")} or {Path.Combine(".", "data", "mnist")}; put ",
            "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (.gz or unpacked) there, or download it");
    }

    [Fact]
    public async Task The_command_says_how_it_downloads_what_is_missing()
    {
        Environment.SetEnvironmentVariable("VEER_DATA", folder.Path);
        (await VeerProcess.Run(folder.Path, "data", "info", "mnist")).RefusedWith("no folder ", "there, or download it: veer data fetch mnist");
    }

    [Fact]
    public void A_named_folder_that_is_missing_is_not_replaced_by_another()
    {
        Environment.SetEnvironmentVariable("VEER_DATA", folder.Path);
        Directory.CreateDirectory(folder.File("mnist"));
        Refusal.Of(() => DataFolders.Find("mnist", folder.File("mine")), $"no folder {folder.File("mine")};");
    }

    [Fact]
    public void An_empty_folder_hides_no_other()
    {
        Environment.SetEnvironmentVariable("VEER_DATA", folder.Path);
        string empty = Directory.CreateDirectory(folder.File("cifar10")).FullName;
        Assert.Equal(empty, DataFolders.Find("cifar10"));
        Refusal.Of(() => ImageData.Open("cifar10"), $"{empty}: folder: found an empty folder");
    }

    [Fact]
    public void Images_are_opened_by_the_name_of_their_data_set()
    {
        Environment.SetEnvironmentVariable("VEER_DATA", folder.Path);
        SampleImages.Cifar(folder.File("cifar10/cifar-10-batches-bin"));
        Assert.Equal(folder.File("cifar10"), ImageData.Open("cifar10").Path);
        Assert.Equal(SampleImages.Count, ImageData.Load("cifar10", train: true, cancellation: TestContext.Current.CancellationToken).Count);
        Assert.Equal(folder.File("mnist"), DataFolders.Home("mnist"));
    }

    [Fact]
    public void An_unknown_data_set_names_the_known_ones() =>
        Refusal.Of(() => DataFolders.Find("mnits"), "data set mnits is unknown, expected one of cifar10, fashion-mnist, mnist");
}

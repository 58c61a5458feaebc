using Veer.Studies.Settings;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class StudyFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Shipped => new(
        from name in StudyFile.Names()
        from preset in StudyFile.Presets(name)
        select (name, preset));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Shipped))]
    public void The_studies_that_come_with_the_program_resolve_and_survive_being_written(string name, string preset)
    {
        var study = StudyFile.Resolve(name, preset, []);
        Assert.Equal((name, preset), (study.Name, study.Preset));
        Assert.True(study.Settings.Minutes > 0);
        Assert.NotEqual("", study.Settings.Reproduces);
        // networks that hear of time and class
        Assert.DoesNotContain(study.Settings.Denoisers.Values.Where(one => one.Song is null).Select(one => one.Unet).Concat(study.Settings.Postprocessors.Values.Select(one => one.Unet)), unet => unet is { HasUntoldBlocks: true });
        string resolved = StudyFile.ToYaml(study.Settings);
        Assert.Equal(resolved, StudyFile.ToYaml(StudyText.Resolve(folder, resolved).Settings));
    }

    [Fact]
    public void Each_study_has_a_quick_and_a_paper_preset_and_those_of_images_one_between()
    {
        Assert.Contains("fractal", StudyFile.Names());
        foreach (string name in StudyFile.Names())
        {
            var settings = StudyFile.Resolve(name, "quick", []).Settings;
            string[] expected = settings.Judge is not null ? ["quick"] : settings.Data.IsImages ? ["quick", "cpu", "paper"] : ["quick", "paper"];
            Assert.Equal(expected, StudyFile.Presets(name));
        }
    }

    [Fact]
    public void Images_are_moved_as_far_as_helps_unless_it_is_said_how_far()
    {
        var images = StudyFile.Resolve("mnist-cfg", "quick", []).Settings;
        Assert.Equal([1.0], images.StrengthsOf(images.Applications["whole"]));
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], images.StrengthsOf(images.Applications["chosen"]));
        Assert.Equal([0.5, 1], images.StrengthsOf(new() { Strengths = [0.5, 1] }));
        Assert.True(images.ChoosesStrengths);
        Assert.False((images with { Postprocessors = new Dictionary<string, PostprocessorSettings>() }).ChoosesStrengths);
        var points = StudyFile.Resolve("fractal", "quick", []).Settings;
        Assert.Equal([1.0], points.StrengthsOf(new()));
        Assert.False(points.ChoosesStrengths);
    }

    [Fact]
    public void Texts_and_numbers_of_any_kind_survive_being_written()
    {
        const string Title = "it's \"so\": [1, 2] # no comment\n é\t\\ null 1.5 {}";
        var settings = StudyText.Resolve(folder, StudyText.Tiny).Settings with
        {
            Title = Title,
            Reproduces = "null",
            Minutes = 1e-7,
            Guidances = new Dictionary<string, GuidanceSettings> { ["g"] = new() { Scales = [1, -0.5, 1 / 3.0, 1e6] } },
        };
        var read = StudyText.Resolve(folder, StudyFile.ToYaml(settings)).Settings;
        Assert.Equal((Title, "null", 1e-7), (read.Title, read.Reproduces, read.Minutes));
        Assert.Equal(settings.Guidances["g"].Scales, read.Guidances["g"].Scales);
        Assert.Null(read.Data.Folder);
    }

    [Fact]
    public void The_preset_goes_over_the_file_and_overrides_over_both()
    {
        File.WriteAllText(folder.File("study.yaml"), StudyText.Tiny + """
            minutes: 9
            presets:
              quick: { minutes: 1, denoiser: { training: { steps: 7 } }, guidance: { scales: [3] } }
              long:
            """);
        var quick = Resolve("quick", "denoiser.training.batch_size=5", "title='one: two'", "guidance.kind=classifier-free");
        Assert.Equal((1, 7, 5), (quick.Minutes, quick.Denoisers["base"].Training.Steps, quick.Denoisers["base"].Training.BatchSize));
        Assert.Equal((8, "one: two"), (quick.Denoisers["base"].Network.Width, quick.Title));
        Assert.Equal([3.0], quick.Guidances["classifier-free"].Scales);
        Assert.Equal((9, 30), (Resolve("long").Minutes, Resolve("long").Denoisers["base"].Training.Steps));
        Assert.Equal([1.0, 4.5, -2], Resolve("long", "guidance.scales=[1, 4.5, -2]").Guidances["classifier-free"].Scales);
        Assert.All(Resolve("quick", "postprocessor={neighbors: 3}").Postprocessors.Values, postprocessor => Assert.Equal(3, postprocessor.Neighbors));
        Refusal.Of(() => Resolve("brief"), "preset: found 'brief', expected one of quick, long");

        StudySettings Resolve(string preset, params string[] overrides) => StudyFile.Resolve(folder.File("study.yaml"), preset, overrides).Settings;
    }

    [Fact]
    public void The_singular_says_what_all_of_a_kind_have_in_common_and_the_plural_what_each_changes()
    {
        string text = StudyText.Tiny + """
            denoisers:
              base:
              weak: { training: { steps: 3 }, label_dropout: 0.5 }
            postprocessors:
              few: { neighbors: 2, train: each }

            """;
        var settings = StudyText.Resolve(folder, text).Settings;
        Assert.Equal([("base", 30, 64, 0.1), ("weak", 3, 64, 0.5)], settings.Denoisers.Select(Shown));
        Assert.Equal((2, "each", 64), (settings.Postprocessors["few"].Neighbors, settings.Postprocessors["few"].Train, settings.Postprocessors["few"].Training.BatchSize));
        Assert.Single(settings.Postprocessors);
        // an override of the singular goes over all, also in a resolved file, which has plurals alone
        File.WriteAllText(folder.File("resolved.yaml"), StudyFile.ToYaml(settings));
        var changed = StudyFile.Resolve(folder.File("resolved.yaml"), StudyFile.DefaultPreset, ["denoiser.training.steps=9", "denoisers.weak.label_dropout=0.2"]);
        Assert.Equal([("base", 9, 64, 0.1), ("weak", 9, 64, 0.2)], changed.Settings.Denoisers.Select(Shown));
        // what is named anew has in common what all have, as the file and earlier overrides say
        var more = StudyText.Resolve(folder, text, "postprocessor.training.steps=7", "postprocessors.many.neighbors=3", "postprocessors.plain=").Settings.Postprocessors;
        Assert.Equal([("few", 2, 7, 64), ("many", 3, 7, 64), ("plain", 5, 7, 64)], more.Select(entry => (entry.Key, entry.Value.Neighbors, entry.Value.Training.Steps, entry.Value.Training.BatchSize)));
        Refusal.Of(() => StudyText.Resolve(folder, text, "denoiser.steps=9"), "denoiser.steps: found an unknown key, expected one of family, schedule");

        static (string, int, int, double) Shown(KeyValuePair<string, Veer.Models.DenoiserOptions> entry) =>
            (entry.Key, entry.Value.Training.Steps, entry.Value.Training.BatchSize, entry.Value.LabelDropout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("presets:\n")]
    public void A_file_without_presets_resolves_with_the_default_one_alone(string presets)
    {
        Assert.Equal("A tiny study", StudyText.Resolve(folder, StudyText.Tiny + presets).Settings.Title);
        Assert.Empty(StudyFile.Presets(folder.File("study.yaml")));
        Refusal.Of(
            () => StudyFile.Resolve(folder.File("study.yaml"), "paper", []), "preset: found 'paper', expected none: the file has no presets");
    }

    [Theory]
    [InlineData("denoiser.training.steps", "no '='")]
    [InlineData("=5", "no key")]
    [InlineData(".steps=3", "no key")]
    [InlineData("", "no '='")]
    [InlineData("steps=5", "steps: found an unknown key, expected one of title, reproduces")]
    [InlineData("denoiser.training.stpes=5", "denoiser.training.stpes: found an unknown key, expected one of steps, batch_size")]
    [InlineData("denoiser.training.steps.more=5", "denoiser.training.steps: found {\"more\":5}, expected a whole number")]
    [InlineData("denoiser..steps=5", "no key")]
    [InlineData("denoiser=5", "denoiser: found 5, expected a mapping")]
    [InlineData("guidance.scales=2", "guidance.scales: found 2, expected a list of numbers")]
    [InlineData("guidance.scales=[1, two]", "guidance.scales[1]: found \"two\", expected")]
    [InlineData("guidance.scales=[1", "--set: guidance.scales: found '[1', expected a YAML value (")]
    [InlineData("title=a: b: c", "--set: title: found 'a: b: c', expected a YAML value (")]
    [InlineData("title=*x", "--set: title")]
    [InlineData("title=", "title: found nothing, expected a text")]
    [InlineData("applications={ chosen: { strengths: [0, 1], strength: 1 } }", "applications.chosen.strength: found 1, expected nothing beside strengths")]
    [InlineData("applications={ chosen: { strengths: [0, 1.5] } }", "applications.chosen.strengths: found [0, 1.5], expected numbers from 0 to 1")]
    [InlineData("evaluation.features=judge", "evaluation.features: found 'judge', expected none: the data are no images")]
    [InlineData("evaluation.reference=train", "evaluation.reference: found 'train', expected none")]
    [InlineData("evaluation.reference=both", "evaluation.reference: found 'both', expected one of test, train")]
    [InlineData("published={ title: a, scales: [1, 2], rows: { before: [1] } }", "published.rows.before: found 1 numbers, expected 2, one for each of published.scales")]
    [InlineData("published={ title: a, scales: [1], rows: { before: [x] } }", "published.rows.before[0]: found \"x\", expected")]
    [InlineData("published={ title: a, metric: fid, scales: [1], rows: { before: [1] } }", "published.metric: found 'fid', expected one of nn-distance, ")]
    [InlineData("evaluation.metrics=[frechet, fid]", "evaluation.metrics: found 'fid', expected one of nn-distance, ")]
    [InlineData("evaluation.metrics=[seconds]", "evaluation.metrics: found 'seconds', expected one of nn-distance, ")]
    [InlineData("evaluation.metrics=frechet", "evaluation.metrics: found \"frechet\", expected a list of texts")]
    [InlineData("evaluation.metrics=[]", "evaluation.metrics: found 0 values, expected at least 1 value")]
    [InlineData("published={ title: a, scales: [1] }", "published.rows: found no such key")]
    [InlineData("published={ title: a, scales: [1], rows: { before: ~ } }", "published.rows.before: found nothing, expected a value")]
    [InlineData("evaluation.metrics=[~]", "evaluation.metrics: found a text that is nothing, expected a list of texts")]
    [InlineData("postprocessor.guidances=[~]", "guidances: found a text that is nothing")]
    [InlineData("postprocessor.guidances=[]", "guidances: found 0 values, expected at least 1 value")]
    [InlineData("guidance.guide=nope", "guidances.classifier-free.guide: found 'nope', expected one of base, exact")]
    [InlineData("guidance.classifier=nope", "guidances.classifier-free.classifier: found 'nope', expected one of exact")]
    [InlineData("data.set=mnist", "data.set: found 'mnist', expected none: data of kind fractal are not read from there")]
    [InlineData("data.train=nope.npz", "data.train: found 'nope.npz', expected none")]
    [InlineData("data.held_out=nope.npz", "data.held_out: found 'nope.npz', expected none")]
    [InlineData("data.folder=nope", "data.folder: found 'nope', expected none")]
    [InlineData("split.test=0.3", "split: found shares of given samples, expected none")]
    [InlineData("judge={}", "judge: found an evaluation classifier of images, expected none")]
    [InlineData("denoiser.network.width=99999", "denoiser.network.width: found 99999, expected 1 to 8192")]
    public void An_override_that_cannot_be_is_refused(string assignment, string message) =>
        Refusal.Of(() => StudyText.Resolve(folder, StudyText.Tiny, assignment), "--set: ", message);

    [Fact]
    public void A_fault_of_the_file_names_the_file_beside_overrides() =>
        Refusal.Of(() => StudyText.Resolve(folder, StudyText.Tiny + "stpes: 5\n", "guidance.scales=[1]"), folder.File("study.yaml") + ": stpes: found an unknown key");

    [Fact]
    public void A_study_that_is_not_there_is_refused_with_the_ones_that_are() =>
        Refusal.Of(() => StudyFile.Resolve("fractle", "quick", []), "study 'fractle'", "no such file", "fractal");
}

using Veer.Studies.Pipeline;
using Veer.Studies.Settings;
using Veer.Tests.Formats;
using Xunit;

namespace Veer.Tests.Studies;

/// <summary>Study files of samples that were given, in the place of generators.</summary>
public sealed class GivenStudyTests : IDisposable
{
    private const string Given = """
        title: Given
        data: { kind: vectors, train: real.npz }
        generated: { gan: { samples: [gan.npz] } }

        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Given_samples_have_no_models_no_guidances_and_one_postprocessor()
    {
        var settings = StudyText.Resolve(folder, Given).Settings;
        Assert.Equal((0, 0, 0), (settings.Denoisers.Count, settings.Classifiers.Count, settings.Guidances.Count));
        var (name, postprocessor) = Assert.Single(settings.Postprocessors);
        Assert.Equal(("repaired", "all", "balanced"), (name, postprocessor.Train, postprocessor.Pairing));
        Assert.Equal([1], settings.Sources["gan"].Measured);
        // of vectors too: nobody knows how good given samples are
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], settings.StrengthsOf(settings.Applications.Values.Single()));
    }

    [Fact]
    public void Of_several_scales_there_is_a_file_each_and_one_postprocessor_that_is_told_them()
    {
        var settings = StudyText.Resolve(folder, Given.Replace("samples: [gan.npz]", "scales: { 3: w3.npz, 1.5: w1.npz }", StringComparison.Ordinal)).Settings;
        Assert.Equal([1.5, 3], settings.Sources["gan"].Measured);
        Assert.Equal(["w1.npz", "w3.npz"], settings.Generated!["gan"].Sets.SelectMany(set => set.Paths));
        var postprocessor = settings.Postprocessors.Values.Single();
        Assert.Equal(("all", true, "balanced"), (postprocessor.Train, settings.TellsScale(postprocessor, "gan"), postprocessor.Pairing));
        // untold, balanced pairs would do harm
        string scales = Given.Replace("samples: [gan.npz]", "scales: { 3: w3.npz, 1.5: w1.npz }", StringComparison.Ordinal);
        var untold = StudyText.Resolve(folder, scales + "postprocessor: { tell_scale: false }\n").Settings;
        Assert.Equal((false, "nearest"), (untold.TellsScale(untold.Postprocessors.Values.Single(), "gan"), untold.Postprocessors.Values.Single().Pairing));
        foreach (var each in (StudySettings[])[StudyText.Resolve(folder, scales + "postprocessor: { train: each }\n").Settings, StudyText.Resolve(folder, scales, "postprocessor.train=each").Settings])
            Assert.Equal((false, "each"), (each.TellsScale(each.Postprocessors.Values.Single(), "gan"), each.Postprocessors.Values.Single().Train));
    }

    [Theory]
    [InlineData(Given)]
    [InlineData("title: x\ndata: { kind: fractal }\ngenerated: { a: { scales: { 1: a.npz, 2: b.npz } } }\npostprocessor: { neighbors: 3 }\n")]
    public void A_resolved_study_resolves_to_itself(string text)
    {
        string once = StudyFile.ToYaml(StudyText.Resolve(folder, text).Settings);
        Assert.Equal(once, StudyFile.ToYaml(StudyText.Resolve(folder, once).Settings));
    }

    [Theory]
    [InlineData("denoiser: { timesteps: 50 }", "study.yaml: denoiser: found timesteps, expected nothing beside generated")]
    [InlineData("denoisers: { base: {} }", "denoisers: found base, expected nothing beside generated")]
    [InlineData("guidance: { scales: [1] }", "guidance: found scales, expected nothing beside generated")]
    [InlineData("classifiers: { c: {} }", "classifiers: found c, expected nothing beside generated")]
    [InlineData("postprocessor: { start: base }", "postprocessors.repaired.start: found 'base', expected none: the samples are given")]
    [InlineData("postprocessor: { guidances: [other] }", "postprocessors.repaired.guidances: found 'other', expected one of gan")]
    [InlineData("split: { test: 0.5 }", "split.test: found 0.5, expected 0.01 to 0.4")]
    [InlineData("generated: { gan: {} }", "generated.gan: found neither samples nor scales, expected one of them")]
    [InlineData("generated: { gan: { samples: [a.npz], scales: { 1: b.npz } } }", "generated.gan: found samples and scales, expected one of them")]
    [InlineData("generated: { gan: { samples: [] } }", "generated.gan.samples: found 0 values, expected at least 1 value")]
    [InlineData("generated: { gan: { samples: [''] } }", "generated.gan: found an empty text, expected paths")]
    [InlineData("generated: { gan: { scales: { much: a.npz } } }", "generated.gan.scales: found 'much', expected numbers from -1000000 to 1000000")]
    [InlineData("generated: { gan: { scales: { 1: a.npz, 1.0: b.npz } } }", "generated.gan.scales: found 1, 1, expected scales that differ")]
    [InlineData("generated: { gan: { sample: [a.npz] } }", "generated.gan.sample: found an unknown key, expected one of samples, scales")]
    [InlineData("generated: { Gan: { samples: [a.npz] } }", "generated: found the name 'Gan', expected small letters")]
    [InlineData("generated: { none: { samples: [a.npz] } }", "generated: found the name 'none', expected another name")]
    [InlineData("generated: { gan: a.npz }", "generated.gan: found \"a.npz\", expected a mapping")]
    [InlineData("generated: {}", "generated: found {}, expected a mapping")]
    public void What_cannot_stand_beside_given_samples_is_refused(string settings, string message)
    {
        string text = settings.StartsWith("generated", StringComparison.Ordinal) ? Given.Replace("generated: { gan: { samples: [gan.npz] } }", settings, StringComparison.Ordinal) : Given + settings + "\n";
        Refusal.Of(() => StudyText.Resolve(folder, text), message);
    }

    [Fact]
    public void Early_stopping_is_refused_where_samples_are_drawn() => Refusal.Of(
        () => StudyText.Resolve(folder, StudyText.Tiny, "postprocessor.stopping={}"), "postprocessors.individual.stopping: found early stopping, expected none");

    [Fact]
    public void Parts_are_disjoint_and_the_same_for_the_same_seed()
    {
        var (one, again) = (SampleSplit.Create(1000, images: false, new(), seed: 3), SampleSplit.Create(1000, images: false, new(), seed: 3));
        Assert.Equal((200, 200, 600), (one.Test.Length, one.Validation.Length, one.Training.Length));
        Assert.Equal(Enumerable.Range(0, 1000).Select(row => (long)row), one.Test.Concat(one.Validation).Concat(one.Training).Order());
        Assert.Equal(one.Test, again.Test);
        Assert.Equal(one.Validation, again.Validation);
        Assert.NotEqual(one.Test, SampleSplit.Create(1000, images: false, new(), seed: 4).Test);
        var most = SampleSplit.Create(100_000, images: true, new() { MostTest = 50 }, seed: 3);
        Assert.Equal((50, 1000), (most.Test.Length, most.Validation.Length));
        // of sets of other sizes none trains what another measures or validates
        long[] sizes = [10_000, 50_000, 300];
        var apart = SampleSplit.Apart([.. sizes.Select(size => SampleSplit.Create(size, images: false, new(), seed: 3))]);
        foreach (var split in apart)
        {
            Assert.Empty(apart.SelectMany(other => other.Test).Intersect(split.Validation.Concat(split.Training)));
            Assert.Empty(apart.SelectMany(other => other.Validation).Intersect(split.Training));
            Assert.NotEmpty(split.Training);
        }
        Assert.Equal(one, Assert.Single(SampleSplit.Apart([one])) with { Test = one.Test, Validation = one.Validation, Training = one.Training });
        Assert.Equal(one.Training, SampleSplit.Apart([one, again])[1].Training);
        // few samples: halves of twenty still validate
        var fewest = SampleSplit.Create(SampleSplit.Fewest, images: false, new() { Validation = 0.01 }, seed: 3);
        Assert.Equal((20, 40, 40), (fewest.Test.Length, fewest.Validation.Length, fewest.Training.Length));
    }
}

using Veer.Tests.Formats;

namespace Veer.Tests.Fuzzing;

/// <summary>One place in the files of a reader that is made faulty.</summary>
/// <param name="Valid">Contents, the first of which can be read as it is.</param>
/// <param name="Read">Puts a content in its place in a folder and reads what is there; the folder is kept for the next content.</param>
/// <param name="Repair">
/// Makes good what would hide the fault: packs the content, or corrects a checksum or a length. Half of the contents are changed before
/// it, half after it.
/// </param>
internal sealed record FuzzCase(byte[][] Valid, Action<TemporaryFolder, byte[]> Read, Func<byte[], byte[]>? Repair = null);

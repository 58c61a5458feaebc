namespace Veer;

/// <summary>
/// What can go wrong though the program is right: bad input (<see cref="InputException"/>), a training that diverged, samples that are not
/// finite, a solver that stopped. Each message is one whole line for a person; everything else that is thrown is a fault of the caller or
/// of the machine.
/// </summary>
/// <param name="message">What went wrong and what may help; line ends become spaces.</param>
public abstract class VeerException(string message) : Exception(message.ReplaceLineEndings(" "));

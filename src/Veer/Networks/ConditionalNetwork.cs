namespace Veer.Networks;

/// <summary>
/// A network of points, a time and a label: the form of every denoiser's, classifier's and postprocessor's network. Its forward takes x [B, ...],
/// the time [1] or [B] float32, and the label, [B] int64 or [B, labels] weights of the classes; a classifier is told no label (null). x may be
/// float64, as the states of some samplers are: a network takes it to the type of its weights and answers in any. The answer belongs
/// to the caller's dispose scope and is on the network's device. Trainings call it on several threads at once.
/// </summary>
/// <param name="name">The module's name.</param>
public abstract class ConditionalNetwork(string name) : nn.Module<Tensor, Tensor, Tensor?, Tensor>(name);

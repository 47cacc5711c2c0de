import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import { type FleetConfig, ownImageNames, repositoryName, THIRD_PARTY } from "@compose-fleet/fleet";
import { Construct } from "constructs";

/** Enough to go back several releases; a copy that is in use stays for as long as so many newer ones are not made. */
const KEPT_IMAGES = 20;
const KEPT_COPIES = 500;

/** One repository per image, and one for copies of images of others: tags never move, each push is scanned, old images go. */
export class ImageRegistry extends Construct {
  /** By the image's name. */
  readonly repositories: Readonly<Record<string, EcrRepository>>;

  constructor(scope: Construct, id: string, config: FleetConfig) {
    super(scope, id);
    const images = [...ownImageNames(config), THIRD_PARTY];
    this.repositories = Object.fromEntries(
      images.map((image) => [image, this.repository(config, image, image === THIRD_PARTY ? KEPT_COPIES : KEPT_IMAGES)]),
    );
  }

  private repository(config: FleetConfig, image: string, kept: number): EcrRepository {
    const repository = new EcrRepository(this, image, {
      name: repositoryName(config, image),
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: [{ encryptionType: "AES256" }],
      // Images are built from the repository's commits: nothing is lost with them.
      forceDelete: true,
    });
    new EcrLifecyclePolicy(this, `${image}-lifecycle`, {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: `keep the newest ${kept}`,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: kept },
            action: { type: "expire" },
          },
        ],
      }),
    });
    return repository;
  }
}
